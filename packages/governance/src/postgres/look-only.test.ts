import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { onEachDatabase } from "../testing/test-database.ts";
import { lookOnly } from "./look-only.ts";

onEachDatabase((opened) => {
  test("a look sees what it does itself, and leaves everything as it was", async () => {
    const look = lookOnly(opened.database);
    const add = sql`insert into drawbridge.limit_partition (partition, now_ms) values ('looked at', 0) returning partition`;
    const { rows } = await look.run((queries) => queries.execute(add));
    expect(rows).toEqual([{ partition: "looked at" }]);
    expect((await look.transaction((queries) => queries.execute(add))).rows).toHaveLength(1);
    const kept = await opened.database.run((queries) => queries.execute(sql`select * from drawbridge.limit_partition`));
    expect(kept.rows).toEqual([]);
  });

  test("what goes wrong during a look comes out as it does of the database", async () => {
    const look = lookOnly(opened.database);
    await expect(look.run((queries) => queries.execute(sql`select * from nowhere`))).rejects.toMatchObject({
      code: "store-failed",
    });
    const own = new Error("my own");
    await expect(look.run(() => Promise.reject(own))).rejects.toBe(own);
  });
});
