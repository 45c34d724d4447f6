export { connectPostgres, type ConnectPostgresOptions } from "./connect-postgres.ts";
export type { Database, Listener, Queries, RowsResult } from "./database.ts";
export { postgresDirectoryStore, type PostgresDirectoryStoreOptions } from "./directory/postgres-directory-store.ts";
export { migrate } from "./migrate.ts";
export { openPglite, type OpenPgliteOptions } from "./open-pglite.ts";
export type { ListenTo, VersionWatchSettings } from "../directory-store/watch-version.ts";
export { postgresLimitStore, type PostgresLimitStoreOptions } from "./postgres-limit-store.ts";
export { postgresLimitBook, type PostgresLimitBookOptions } from "./postgres-limit-book.ts";
export { type HashKeyOptions, settleHashKey } from "./settle-hash-key.ts";
