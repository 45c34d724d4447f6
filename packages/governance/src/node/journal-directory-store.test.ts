import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEntry, createKey } from "../directory-store/directory-change.ts";
import type { DirectoryStore } from "../directory-store/directory-store.ts";
import { directoryStoreContract } from "../testing/directory-store-contract.ts";
import { fullDisk } from "../testing/full-disk.ts";
import { journalDirectoryStore } from "./journal-directory-store.ts";

let folder: string;
let path: string;
let stores: DirectoryStore[] = [];
let files = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drawbridge-directory-"));
  path = join(folder, "directory.journal");
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function opened(): Promise<DirectoryStore> {
  const store = await journalDirectoryStore({ path, clock: Date.now });
  stores.push(store);
  return store;
}

const declared = { directory: { keys: [{ name: "alice", digest: "a".repeat(43) }] }, rules: [] };

directoryStoreContract({
  name: "a directory with a journal",
  async open(options) {
    const store = await journalDirectoryStore({ ...options, path: join(folder, `${++files}.journal`) });
    return { store, close: () => store.close() };
  },
});

test("all that came back is there after a restart, with its audit, and changes go on from there", async () => {
  const store = await opened();
  await store.change("alice", createEntry("team", { name: "a" }));
  await store.change("alice", createEntry("team", { name: "b" }));
  const kept = [await store.load(), await store.audit()];
  const again = await opened();
  expect([await again.load(), await again.audit()]).toEqual(kept);
  expect(await again.change("bob", createEntry("team", { name: "c" }))).toBe(3);
  expect((await (await opened()).load()).governed.directory.teams).toHaveLength(3);
});

test("nobody but its owner can read the file, and no key stands in it", async () => {
  const store = await opened();
  await store.change("alice", createKey({ name: "ci", digest: "d".repeat(43) }));
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect(await readFile(path, "utf8")).not.toContain("sk-db-");
});

test("where a configuration file declares everything nothing is written", async () => {
  const store = await opened();
  await store.applyFile("drawbridge.yaml", declared);
  expect(await readdir(folder)).toEqual([]);
  await store.change("alice", createEntry("team", { name: "a" }));
  const again = await opened();
  expect((await again.load()).governed.directory).toMatchObject({
    keys: declared.directory.keys,
    teams: [{ name: "a" }],
  });
  expect(await again.audit()).toHaveLength(2);
});

test("a line that was half written is left out, and the next change takes its place", async () => {
  const store = await opened();
  await store.change("alice", createEntry("team", { name: "a" }));
  const whole = await readFile(path);
  await store.change("alice", createEntry("team", { name: "é☃" }));
  const both = await readFile(path);
  for (let cut = whole.length; cut <= both.length; cut += cut > both.length - 3 ? 1 : 9) {
    await writeFile(path, both.subarray(0, cut));
    const again = await opened();
    // Where the end of the line alone is missing, it says all that it should.
    const names = cut < both.length - 1 ? ["a"] : ["a", "é☃"];
    expect((await again.load()).governed.directory.teams?.map(({ name }) => name)).toEqual(names);
    await again.change("alice", createEntry("team", { name: "next" }));
    const third = await (await opened()).load();
    expect(third.governed.directory.teams?.map(({ name }) => name)).toEqual([...names, "next"]);
  }
});

test("damage elsewhere is told, not passed over", async () => {
  const store = await opened();
  for (const name of ["a", "b"]) await store.change("alice", createEntry("team", { name }));
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace('"a"', '"x"'));
  await expect(opened()).rejects.toMatchObject({ code: "journal-corrupt" });
});

test("a change that cannot be written has not happened, and says why", async () => {
  path = join(folder, "missing", "directory.journal");
  const store = await opened();
  const refused = store.change("alice", createEntry("team", { name: "a" }));
  await expect(refused).rejects.toThrow(/journal .*missing.* cannot be written: ENOENT/u);
  expect((await store.load()).version).toBe(0);
});

test("goes on where there is room again, behind what it had written", async () => {
  const store = await opened();
  await store.change("alice", createEntry("team", { name: "a" }));
  const full = await fullDisk(path);
  await expect(store.change("alice", createEntry("team", { name: "b" }))).rejects.toThrow(/cannot be written: ENOSPC/u);
  full.mockRestore();
  await store.change("alice", createEntry("team", { name: "c" }));
  const state = await store.load();
  expect(state.governed.directory.teams).toEqual([{ name: "a" }, { name: "c" }]);
  expect(await (await opened()).load()).toEqual(state);
});

test("of two that have read the same file only one can write it", async () => {
  const [one, other] = [await opened(), await opened()];
  await one.change("alice", createEntry("team", { name: "a" }));
  await expect(other.change("bob", createEntry("team", { name: "b" }))).rejects.toThrow(/another process has written/u);
  expect((await (await opened()).load()).governed.directory.teams).toEqual([{ name: "a" }]);
});
