export { connectPostgres, type ConnectPostgresOptions } from "./connect-postgres.ts";
export type { Database, Listener, Queries, RowsResult } from "./database.ts";
export { migrate } from "./migrate.ts";
export { openPglite, type OpenPgliteOptions } from "./open-pglite.ts";
