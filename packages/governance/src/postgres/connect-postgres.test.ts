import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { onPostgres } from "../testing/test-database.ts";
import { connectPostgres } from "./connect-postgres.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

onPostgres((opened) => {
  test("a connection that the server ends between two statements ends its work and nothing else", async () => {
    const { database } = opened;
    const broken = database.transaction(async (queries) => {
      const { rows } = await queries.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await database.run((others) => others.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`));
      // Time in which the end is told to nobody who asks.
      await pause(50);
      await queries.execute(sql`select 1`);
    });
    await expect(broken).rejects.toMatchObject({ name: "GovernanceError", code: "store-unavailable" });
    await expect(database.run((queries) => queries.execute(sql`select 1`))).resolves.toBeDefined();
  });

  test("what work throws comes out as it is, and its connection goes on being used", async () => {
    const { database } = opened;
    const pid = sql`select pg_backend_pid() as pid`;
    const before = await database.transaction((queries) => queries.execute(pid));
    const mine = new Error("mine");
    await expect(database.transaction(() => Promise.reject(mine))).rejects.toBe(mine);
    expect((await database.transaction((queries) => queries.execute(pid))).rows).toEqual(before.rows);
  });

  test("a process that stands still in the middle of a transaction does not hold up others", async () => {
    const { database, url = "" } = opened;
    const other = await connectPostgres({ url, statementMs: 20_000 });
    const lock = sql`select pg_advisory_xact_lock(4711)`;
    const { promise: stands, resolve: goesOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begins } = Promise.withResolvers<void>();
    const standing = database.transaction(async (queries) => {
      await queries.execute(lock);
      begins();
      await stands;
      await queries.execute(sql`select 1`);
    });
    await begun;
    await other.transaction((queries) => queries.execute(lock));
    goesOn();
    await expect(standing).rejects.toMatchObject({ code: "store-unavailable" });
    await other.close();
  }, 60_000);

  test("a statement that takes too long is ended, and its connection does not hold up others", async () => {
    const database = await connectPostgres({ url: opened.url ?? "", statementMs: 1_000, mostConnections: 1 });
    const sleeping = sql`select pg_sleep(30)`;
    const started = performance.now();
    const late = { code: "store-unavailable" };
    await expect(database.run((queries) => queries.execute(sleeping))).rejects.toMatchObject(late);
    await expect(database.transaction((queries) => queries.execute(sleeping))).rejects.toMatchObject(late);
    expect((await database.run((queries) => queries.execute(sql`select 1 as one`))).rows).toEqual([{ one: 1 }]);
    expect(performance.now() - started).toBeLessThan(20_000);
    await database.close();
  });
});
