import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { randomBytes } from "node:crypto";
import { createEntry, createKey, rotateKey } from "../../directory-store/directory-change.ts";
import { mintKey } from "../../keys/mint-key.ts";
import { hmacKeyHasher } from "../../node/hmac-key-hasher.ts";
import { directoryStoreContract } from "../../testing/directory-store-contract.ts";
import { onEachDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { connectPostgres } from "../connect-postgres.ts";
import { postgresDirectoryStore } from "./postgres-directory-store.ts";

/** Takes everything out, as only the owner of the tables can. */
async function emptied({ database }: TestDatabase): Promise<void> {
  await database.transaction(async (queries) => {
    await queries.execute(sql`alter table drawbridge.directory_audit disable trigger directory_audit_append_only`);
    await queries.execute(sql`truncate drawbridge.directory_audit, drawbridge.directory_entry`);
    await queries.execute(sql`alter table drawbridge.directory_audit enable trigger directory_audit_append_only`);
    await queries.execute(sql`update drawbridge.directory_head set version = 0, audit_seq = 0, audit_hash = ''`);
  });
}

onEachDatabase((opened) => {
  directoryStoreContract({
    name: "a directory in a database",
    async open({ check }) {
      await emptied(opened);
      const { database, url } = opened;
      const others: { close(): Promise<void> }[] = [];
      const store = postgresDirectoryStore({ database, check });
      return {
        store,
        async again() {
          const other = url === undefined ? database : await connectPostgres({ url });
          if (other !== database) others.push(other);
          return postgresDirectoryStore({ database: other, check });
        },
        async close() {
          await store.close();
          for (const other of others) await other.close();
        },
      };
    },
  });

  test("begins anew where the database is of another history, as after a backup was restored", async () => {
    await emptied(opened);
    const [store, other] = [postgresDirectoryStore(opened), postgresDirectoryStore(opened)];
    for (const name of ["a", "b", "c"]) await store.change("alice", createEntry("team", { name }));
    await emptied(opened);
    for (const name of ["x", "y"]) await other.change("bob", createEntry("team", { name }));
    expect((await store.load()).governed.directory.teams).toEqual([{ name: "x" }, { name: "y" }]);
    await other.change("bob", createEntry("team", { name: "z" }));
    expect(await store.change("alice", createEntry("team", { name: "a" }))).toBe(4);
    expect((await other.load()).governed.directory.teams).toHaveLength(4);
    await Promise.all([store.close(), other.close()]);
  });

  test("a copy of all tables has neither keys nor, beside their hashes, anything to try keys with", async () => {
    await emptied(opened);
    const hasher = hmacKeyHasher(Buffer.alloc(32, 1));
    const tokens = Array.from({ length: 20 }, () => mintKey(randomBytes));
    const store = postgresDirectoryStore(opened);
    for (const token of tokens) {
      await store.change("alice", createKey({ name: token.slice(-6), digest: hasher.digest(token) }));
      const next = mintKey(randomBytes);
      tokens.push(next);
      await store.change("alice", rotateKey(token.slice(-6), hasher.digest(next), 60_000));
      if (tokens.length >= 40) break;
    }
    const copies = await opened.database.run((queries) =>
      queries.execute<{ row: string }>(sql`
        select entry::text as row from drawbridge.directory_entry entry
        union all select audit::text from drawbridge.directory_audit audit`),
    );
    const everything = copies.rows.map(({ row }) => row).join("\n");
    expect(everything).toContain(hasher.digest(tokens[0] ?? ""));
    for (const token of tokens) expect(everything).not.toContain(token.slice("sk-db-".length, -6));
    await store.close();
  });

  test.each([
    ["update", sql`update drawbridge.directory_audit set actor = 'mallory'`],
    ["delete", sql`delete from drawbridge.directory_audit`],
    ["truncate", sql`truncate drawbridge.directory_audit`],
  ])("the audit takes no %s, not even from the owner of its table", async (_, statement) => {
    await emptied(opened);
    const store = postgresDirectoryStore(opened);
    await store.change("alice", createEntry("team", { name: "a" }));
    const forged = opened.database.run((queries) => queries.execute(statement));
    await expect(forged).rejects.toThrow(/rows of directory_audit are only ever added/u);
    expect(await store.audit()).toMatchObject([{ actor: "alice" }]);
    await store.close();
  });
});
