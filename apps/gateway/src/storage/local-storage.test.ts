import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createKey, type LedgerEntry, limitScope } from "@drawbridge/governance";
import { hmacKeyHasher } from "@drawbridge/governance/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocalStorage } from "./local-storage.ts";
import type { Storage } from "./storage.ts";

let home: string;
let folder: string;
const opened: Storage[] = [];
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "drawbridge-local-"));
  folder = path.join(home, ".drawbridge");
});
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
  await chmod(home, 0o700);
  await rm(home, { recursive: true, force: true });
});

async function open(): Promise<Storage> {
  const storage = await openLocalStorage({ folder, clock: Date.now });
  opened.push(storage);
  return storage;
}

const key = (storage: Storage, token: string) =>
  createKey({ name: token, digest: storage.hasher.digest(token) }, "start");
const scope = limitScope({ id: "key a", limits: [{ of: "requests", amount: 5, window: { kind: "total" } }] });
const spent = (requestId: string): LedgerEntry => {
  const place = { provider: "p", model: "m", modelAsked: "m", credential: "c", replica: "r", tags: {} };
  const end = { kind: "close", source: "final", outcome: "ok" } as const;
  return { requestId, attempt: 1, admittedMs: 1, atMs: 2, nanoUsd: 7, keyId: "k", keyName: "a", ...place, ...end };
};
const need = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

test("writes nothing and shuts nobody out while there is nothing to be kept", async () => {
  const [one, other] = [await open(), await open()];
  await one.directory.applyFile("drawbridge.yaml", { directory: { teams: [{ name: "a" }] }, rules: [] });
  await other.limits.sweep();
  expect(await readdir(home)).toEqual([]);
});

test("keeps keys, the key that they are hashed under and what was used, for the next start", async () => {
  const first = await open();
  await first.directory.change("start", key(first, "token"));
  await first.limits.reserve({ id: "1", scopes: [scope], need });
  await first.limits.settle({ id: "1" }, need);
  await first.close();
  expect((await stat(folder)).mode & 0o077).toBe(0);
  const second = await open();
  const { keys = [] } = (await second.directory.load()).governed.directory;
  expect(keys).toEqual([{ name: "token", digest: second.hasher.digest("token") }]);
  expect(await second.limits.usage(scope)).toMatchObject([{ used: 1 }]);
});

test("keeps the account of what was spent, once there are limits", async () => {
  const first = await open();
  expect(first.book).toBeUndefined();
  await first.openLimits();
  await first.book?.append([spent("1")]);
  await first.close();
  expect(await readFile(path.join(folder, "account/00000001.journal"), "utf8")).toContain('"nanoUsd":7');
  const second = await open();
  await second.openLimits();
  expect(await second.book?.totals({ by: ["keyId"], fromMs: 0, toMs: 10 })).toMatchObject([
    { of: { keyId: "k" }, nanoUsd: 7, attempts: 1 },
  ]);
}, 60_000);

test("a second process that would write is kept out, with a way out", async () => {
  const first = await open();
  await first.directory.change("start", key(first, "token"));
  await expect(open()).rejects.toMatchObject({
    name: "StartError",
    message: expect.stringContaining("DRAWBRIDGE_HOME"),
  });
  await first.close();
  await open();
});

test("one that began before another wrote does not write over that", async () => {
  const [one, other] = [await open(), await open()];
  await one.directory.change("start", key(one, "token"));
  await one.close();
  await expect(other.directory.change("start", key(other, "b"))).rejects.toThrow(/another Drawbridge has used/u);
  await expect(other.openLimits()).rejects.toThrow(/start this one again/u);
});

test("takes over keys that an earlier version kept in its state", async () => {
  const hashKey = Buffer.alloc(32, 9).toString("base64url");
  const digest = hmacKeyHasher(Buffer.alloc(32, 9)).digest("old");
  await mkdir(folder);
  const keys = [{ name: "first", digest, createdAt: "2026-01-01T00:00:00.000Z" }];
  await writeFile(path.join(folder, "state.json"), JSON.stringify({ version: 1, hashKey, keys }));
  const storage = await open();
  expect(storage.hasher.digest("old")).toBe(digest);
  expect(await storage.directory.entries("key")).toMatchObject([{ name: "first", managedBy: "start" }]);
  await storage.close();
  expect((await (await open()).directory.load()).version).toBe(1);
});

test("a folder that cannot be written is told when something is to be kept", async ({ skip }) => {
  if (process.getuid?.() === 0) skip("the superuser may write everywhere");
  await chmod(home, 0o500);
  const storage = await open();
  await expect(storage.openLimits()).rejects.toMatchObject({
    name: "StartError",
    message: expect.stringContaining("EACCES"),
  });
});

test("does not go on with keys whose key for hashing is lost", async () => {
  const first = await open();
  await first.directory.change("start", key(first, "token"));
  await first.close();
  await rm(path.join(folder, "state.json"));
  await expect(open()).rejects.toThrow(/not the state\.json with which its keys were hashed/u);
});

test.each(["state.json", "directory.journal", "limits.journal", "account/00000001.journal"])(
  "says it when %s is damaged",
  async (name) => {
    const first = await open();
    for (const token of ["a", "b"]) await first.directory.change("start", key(first, token));
    await first.openLimits();
    for (const id of ["1", "2"]) {
      await first.limits.reserve({ id, scopes: [scope], need });
      await first.book?.append([spent(id)]);
    }
    await first.close();
    const file = path.join(folder, name);
    const intact = await readFile(file, "utf8");
    await writeFile(file, intact.replace(/.{8}/u, "damaged!"));
    const again = async (): Promise<void> => (await open()).openLimits();
    await expect(again()).rejects.toMatchObject({ name: "StartError", message: expect.stringContaining(name) });
    for (const storage of opened.splice(0)) await storage.close();
    await writeFile(file, intact);
    await again();
  },
);
