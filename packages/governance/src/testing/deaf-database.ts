import type { Database } from "../postgres/database.ts";

/** The same database, but one on which nothing can be listened for. */
export function deafDatabase(database: Database): Database {
  return {
    kind: database.kind,
    run: (work) => database.run(work),
    transaction: (work) => database.transaction(work),
    locked: (name, work) => database.locked(name, work),
    listen: () => Promise.reject(new Error("no LISTEN here")),
    close: () => database.close(),
  };
}
