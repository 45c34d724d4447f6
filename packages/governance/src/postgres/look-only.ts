import type { Database, Queries } from "./database.ts";

/** What a look has found, on its way out of a transaction that is taken back. */
class Found<Result> extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super("what was looked at is left as it was");
    this.result = result;
  }
}

/** The same database, of which everything that is done is taken back: for looking at what stores say without changing it. */
export function lookOnly(database: Database): Database {
  const look = async <Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> => {
    let found: Found<Result> | undefined;
    try {
      return await database.transaction(async (queries): Promise<Result> => {
        found = new Found(await work(queries));
        throw found;
      });
    } catch (error) {
      if (found !== undefined && error === found) return found.result;
      throw error;
    }
  };
  return {
    kind: database.kind,
    run: look,
    transaction: look,
    locked: (name, work) => database.locked(name, work),
    listen: (channel, listener) => database.listen(channel, listener),
    close: () => database.close(),
  };
}
