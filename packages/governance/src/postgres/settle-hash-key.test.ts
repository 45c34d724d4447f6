import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { onEachDatabase } from "../testing/test-database.ts";
import { hashKey } from "./schema/directory-tables.ts";
import { settleHashKey } from "./settle-hash-key.ts";

onEachDatabase((opened) => {
  beforeEach(async () => {
    await opened.database.run((queries) => queries.delete(hashKey));
  });
  const settle = (given?: Uint8Array): Promise<Uint8Array> =>
    settleHashKey({ database: opened.database, given, random: randomBytes });

  test("of many that start at once all get the same key, and later ones too", async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => settle()));
    const texts = new Set([...keys, await settle()].map((key) => Buffer.from(key).toString("hex")));
    expect([...texts]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/u)]);
  });

  test("a key that is given is used, not stored, and must be given by all", async () => {
    const given = randomBytes(32);
    expect(await settle(given)).toEqual(given);
    const [row] = await opened.database.run((queries) => queries.select().from(hashKey));
    expect(row?.value).toBeNull();
    expect(JSON.stringify(row)).not.toContain(given.toString("base64url"));
    await expect(settle()).rejects.toMatchObject({ code: "wrong-hash-key" });
    await expect(settle(randomBytes(32))).rejects.toMatchObject({ code: "wrong-hash-key" });
    expect(await settle(given)).toEqual(given);
  });

  test("a key that is given after the database has made one is refused", async () => {
    const made = await settle();
    await expect(settle(randomBytes(32))).rejects.toThrow(/under another key than the one that is given/u);
    expect(Buffer.from(await settle(made))).toEqual(Buffer.from(made));
  });
});
