import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { env } from "node:process";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe } from "vitest";
import { connectPostgres } from "../postgres/connect-postgres.ts";
import type { Database } from "../postgres/database.ts";
import { migrate } from "../postgres/migrate.ts";
import { openPglite } from "../postgres/open-pglite.ts";
import { createDatabase } from "./create-database.ts";

/** A database that a suite has for itself, migrated. Its fields are there from the first `beforeAll` on. */
export interface TestDatabase {
  readonly database: Database;
  /** Of the server; undefined for PGlite. */
  readonly url: string | undefined;
}

/** Where a PostgreSQL is; a machine without one tests on PGlite alone, but for CI, where it has to be. */
const serverUrl = env["DRAWBRIDGE_TEST_POSTGRES_URL"] ?? (env["CI"] === undefined ? undefined : "postgres://missing");

/** Runs a suite on PGlite, and on PostgreSQL where `DRAWBRIDGE_TEST_POSTGRES_URL` says where one is. */
export function onEachDatabase(suite: (opened: TestDatabase) => void): void {
  describe("on PGlite", () => suite(opened(async () => ({ database: await openTestPglite(), url: undefined }))));
  onPostgres(suite);
}

/** Runs a suite that needs several connections, so a server. */
export function onPostgres(suite: (opened: TestDatabase) => void): void {
  describe.skipIf(serverUrl === undefined)("on PostgreSQL (at DRAWBRIDGE_TEST_POSTGRES_URL)", () =>
    suite(opened(() => openTestPostgres(serverUrl ?? ""))),
  );
}

interface Opened extends TestDatabase {
  readonly drop?: () => Promise<void>;
}

function opened(open: () => Promise<Opened>): TestDatabase {
  let now: Opened | undefined;
  const there = (): Opened => {
    if (now === undefined) throw new Error("the database is open from the first `beforeAll` on");
    return now;
  };
  beforeAll(async () => {
    now = await open();
    await migrate(now.database);
  }, 60_000);
  afterAll(async () => {
    await now?.database.close();
    await now?.drop?.();
  });
  return {
    get database() {
      return there().database;
    },
    get url() {
      return there().url;
    },
  };
}

async function openTestPostgres(server: string): Promise<Opened> {
  const created = await createDatabase(server);
  return { database: await connectPostgres(created), url: created.url, drop: () => created.drop() };
}

/** A new PGlite in memory, without migrations. */
export async function openTestPglite(): Promise<Database> {
  return openPglite({ template: await pgliteTemplate() });
}

/** An empty data folder of PGlite as an archive: making one takes seconds, so that it is kept. */
export async function pgliteTemplate(): Promise<Blob> {
  const packagePath = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const version = /pglite@([\d.]+)/u.exec(packagePath)?.[1] ?? "unknown";
  const folder = join(import.meta.dirname, "../../node_modules/.cache");
  const path = join(folder, `pglite-${version}.tar`);
  try {
    return new Blob([readFileSync(path)]);
  } catch {
    const empty = await PGlite.create();
    const archive = await empty.dumpDataDir("none");
    await empty.close();
    mkdirSync(folder, { recursive: true });
    const mine = `${path}.${randomUUID()}`;
    writeFileSync(mine, Buffer.from(await archive.arrayBuffer()));
    renameSync(mine, path);
    return archive;
  }
}
