import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { onEachDatabase } from "../testing/test-database.ts";
import { connectPostgres } from "./connect-postgres.ts";
import { migrate } from "./migrate.ts";

onEachDatabase((opened) => {
  test("makes the tables once, however often it is asked", async () => {
    const { database } = opened;
    const done = () =>
      database.run((queries) => queries.execute<{ hash: string }>(sql`select hash from drawbridge.migration`));
    const first = await done();
    expect(first.rows.length).toBeGreaterThan(0);
    await migrate(database);
    expect((await done()).rows).toEqual(first.rows);
  });

  test("makes them once when several processes start at once", async () => {
    const { database, url } = opened;
    await database.run((queries) => queries.execute(sql`drop schema drawbridge cascade`));
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => (url === undefined ? database : connectPostgres({ url }))),
    );
    await Promise.all(others.map(migrate));
    if (url !== undefined) await Promise.all(others.map((other) => other.close()));
    const { rows } = await database.run((queries) => queries.execute(sql`select hash from drawbridge.migration`));
    expect(rows.length).toBeGreaterThan(0);
  });
});
