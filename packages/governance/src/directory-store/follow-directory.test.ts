import { expect, test } from "vitest";
import { createEntry } from "./directory-change.ts";
import type { DirectoryStore, DirectoryWatcher } from "./directory-store.ts";
import { followDirectory } from "./follow-directory.ts";
import { memoryDirectoryStore } from "./memory-directory-store.ts";

/** A store in memory that can be out of reach, with its watcher in hand. */
async function followed(trustedMs = 600_000) {
  const memory = memoryDirectoryStore({ clock: Date.now });
  let down = false;
  let watcher: DirectoryWatcher | undefined;
  const store: DirectoryStore = {
    ...memory,
    load: () => (down ? Promise.reject(new Error("gone")) : memory.load()),
    watch(_, given) {
      watcher = given;
      return { close: () => (watcher = undefined) };
    },
  };
  let nowMs = 0;
  const versions: number[] = [];
  const reach: (string | undefined)[] = [];
  const follower = await followDirectory({
    store,
    clock: () => nowMs,
    onState: ({ version }) => versions.push(version),
    onReach: (failure) => reach.push(failure?.message),
    trustedMs,
  });
  const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
  return {
    follower,
    versions,
    reach,
    change: (name: string) => memory.change("alice", createEntry("team", { name })),
    look: async (version?: number): Promise<void> => {
      if (version !== undefined) watcher?.onVersion(version);
      watcher?.onLook?.(down ? new Error("gone") : undefined);
      await settled();
    },
    setDown: (value: boolean) => (down = value),
    pass: (ms: number) => (nowMs += ms),
  };
}

test("holds the newest state, and hands each one over once", async () => {
  const { follower, versions, change, look } = await followed();
  expect([follower.state.version, follower.trust, follower.ageMs]).toEqual([0, "current", 0]);
  await change("a");
  await look(1);
  expect([follower.state.version, versions]).toEqual([1, [1]]);
  expect(follower.state.governed.directory.teams).toEqual([{ name: "a" }]);
  await look();
  await follower.refresh();
  expect(versions).toEqual([1]);
});

test("keeps what it knows while the store is away, says for how long, and at last that it is too old", async () => {
  const { follower, reach, change, look, setDown, pass } = await followed();
  await change("a");
  await look(1);
  setDown(true);
  pass(2_000);
  await look();
  expect([follower.state.version, follower.trust, follower.ageMs]).toEqual([1, "cut-off", 2_000]);
  pass(600_000);
  await look();
  expect([follower.trust, follower.ageMs]).toEqual(["outdated", 602_000]);
  setDown(false);
  await look();
  expect([follower.trust, follower.ageMs]).toEqual(["current", 0]);
  expect(reach).toEqual(["gone", undefined]);
});

test("a state that could not be fetched is fetched at the next look, and is not called current until then", async () => {
  const { follower, versions, change, look, setDown } = await followed();
  await change("a");
  setDown(true);
  await look(1);
  expect([follower.state.version, follower.trust]).toEqual([0, "cut-off"]);
  setDown(false);
  await look();
  expect([follower.state.version, follower.trust, versions]).toEqual([1, "current", [1]]);
});

test("a refresh after a change brings that change", async () => {
  const { follower, change } = await followed();
  const early = follower.refresh();
  await change("a");
  expect((await follower.refresh()).version).toBe(1);
  await early;
});

test("rejects when there is no first state", async () => {
  const store = { ...memoryDirectoryStore({ clock: Date.now }), load: () => Promise.reject(new Error("gone")) };
  await expect(followDirectory({ store, clock: () => 0, onState: () => undefined })).rejects.toThrow("gone");
});
