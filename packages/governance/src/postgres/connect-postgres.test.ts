import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { onPostgres } from "../testing/test-database.ts";

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
});
