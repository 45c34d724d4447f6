import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Database } from "./database.ts";

/** The same from `src` and from `dist`. */
const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Brings the tables of governance, all in the schema `drawbridge`, to what this version needs; does nothing where they
 * are. Of several processes that start at once one does it, and the others wait. A newer version's tables are left alone.
 */
export async function migrate(database: Database): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder });
  await database.transaction(async (queries) => {
    await queries.execute(sql`set local statement_timeout = 0`);
    await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended('drawbridge migrations', 0))`);
    await queries.execute(sql`create schema if not exists drawbridge`);
    await queries.execute(
      sql`create table if not exists drawbridge.migration (hash text primary key, at timestamptz not null default now())`,
    );
    const { rows } = await queries.execute<{ hash: string }>(sql`select hash from drawbridge.migration`);
    const done = new Set(rows.map(({ hash }) => hash));
    for (const { hash, sql: statements } of migrations.filter((migration) => !done.has(migration.hash))) {
      for (const statement of statements) await queries.execute(sql.raw(statement));
      await queries.execute(sql`insert into drawbridge.migration (hash) values (${hash})`);
    }
  });
}
