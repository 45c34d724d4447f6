import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import type { Database, Listener, Queries } from "./database.ts";
import { Turns } from "./turns.ts";
import { withStoreErrors } from "./with-store-errors.ts";

/** Where PGlite keeps its data. */
export interface OpenPgliteOptions {
  /** A folder that no other process has open, made when it is not there; in memory unless told. */
  readonly folder?: string;
  /** What a new one begins with: an archive made by `dumpDataDir` of PGlite. Without it making one takes seconds. */
  readonly template?: Blob;
}

/**
 * A database in this process, through `@electric-sql/pglite`. It has one connection: statements take turns.
 * The schema is not looked at: call `migrate` first.
 */
export async function openPglite({ folder, template }: OpenPgliteOptions = {}): Promise<Database> {
  const [{ PGlite: Pglite }, { drizzle }] = await Promise.all([
    import("@electric-sql/pglite"),
    import("drizzle-orm/pglite"),
  ]);
  const isNew = folder === undefined || !existsSync(join(folder, "PG_VERSION"));
  const client = await withStoreErrors(() =>
    Pglite.create({
      ...(folder === undefined ? {} : { dataDir: folder }),
      ...(template !== undefined && isNew ? { loadDataDir: template } : {}),
    }),
  );
  return new PgliteDatabase(client, drizzle(client));
}

class PgliteDatabase implements Database {
  readonly kind = "pglite";
  readonly #client: PGlite;
  readonly #queries: Queries;
  readonly #turns = new Turns();

  constructor(client: PGlite, queries: Queries) {
    this.#client = client;
    this.#queries = queries;
  }

  run<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return withStoreErrors(() => work(this.#queries));
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return withStoreErrors(() => this.#queries.transaction(work));
  }

  /** Nobody else has the folder open, so turns in this process are enough. */
  locked<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(name, work);
  }

  async listen(channel: string, { onPayload }: Listener): Promise<() => Promise<void>> {
    const end = await withStoreErrors(() => this.#client.listen(channel, onPayload));
    return () => end();
  }

  async close(): Promise<void> {
    await withStoreErrors(() => this.#client.close());
  }
}
