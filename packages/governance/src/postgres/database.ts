import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

/** What a statement gives back. */
interface Rows<Row> {
  readonly rows: Row[];
}

/** The same as drizzle knows it, whoever runs the statement. */
export interface RowsResult extends PgQueryResultHKT {
  readonly type: Rows<this["row"]>;
}

/** Statements in drizzle's terms. */
export type Queries = PgDatabase<RowsResult>;

/** What listens to a channel. */
export interface Listener {
  readonly onPayload: (payload: string) => void;
  /** The connection is gone, and so is what is said from now on: listen again, and look at what has changed. */
  readonly onLost: () => void;
}

/**
 * A PostgreSQL, be it a server or PGlite. Everything rejects with a GovernanceError: `store-unavailable` when it cannot
 * be reached or has no time, `store-failed` when it refuses a statement. Neither says what was in the statement.
 */
export interface Database {
  readonly kind: "postgres" | "pglite";
  /** Runs statements, each a transaction of its own. */
  run<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Runs statements as one transaction; what `work` throws rolls it back and comes out as it is. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Does work while nobody else does any under this name, in this process or another one. */
  locked<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Listens to what is said with NOTIFY, until the function that comes back is called. */
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>;
  /** Lets go of all connections, or of the folder. */
  close(): Promise<void>;
}
