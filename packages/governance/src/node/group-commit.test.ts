import { expect, test } from "vitest";
import { GroupCommit } from "./group-commit.ts";

/** A target whose writes end when told, and what it was given. */
function heldBack() {
  const given: (readonly string[])[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const write = (entries: readonly string[]): Promise<void> => {
    given.push(entries);
    const next = Promise.withResolvers<void>();
    waiting.push(next);
    return next.promise;
  };
  const target = { writtenBytes: 0, append: write, replace: write };
  return {
    given,
    target,
    end: () => waiting.shift()?.resolve(),
    fail: (error: Error) => waiting.shift()?.reject(error),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("what comes during a write goes into the next one, all at once", async () => {
  const { given, target, end } = heldBack();
  const commit = new GroupCommit({ target, compactBytes: 1, snapshot: () => [] });
  const done: string[] = [];
  const write = (entry: string) => {
    commit.add([entry]);
    return commit.flushed().then(() => done.push(entry));
  };
  const first = write("a");
  await settled();
  const later = [write("b"), write("c")];
  await settled();
  expect(given).toEqual([["a"]]);
  end();
  await first;
  await settled();
  expect([given, done]).toEqual([[["a"], ["b", "c"]], ["a"]]);
  end();
  await Promise.all(later);
  expect(done).toEqual(["a", "b", "c"]);
});

test("who adds nothing waits for the write that is under way", async () => {
  const { target, end } = heldBack();
  const commit = new GroupCommit({ target, compactBytes: 1, snapshot: () => [] });
  commit.add(["a"]);
  const first = commit.flushed();
  await settled();
  let told = false;
  const second = commit.flushed().then(() => (told = true));
  await settled();
  expect(told).toBe(false);
  end();
  await Promise.all([first, second]);
  expect(told).toBe(true);
});

test("beyond its length the target is replaced by a snapshot", async () => {
  const { given, target, end } = heldBack();
  const commit = new GroupCommit({
    target: { ...target, writtenBytes: 2 },
    compactBytes: 1,
    snapshot: () => ["state"],
  });
  commit.add(["a"]);
  const flushed = commit.flushed();
  await settled();
  end();
  await flushed;
  expect(given).toEqual([["state"]]);
});

test("a full disk closes it for those who wait and those who come", async () => {
  const { target, fail } = heldBack();
  const commit = new GroupCommit({ target, compactBytes: 1, snapshot: () => [] });
  commit.add(["a"]);
  const first = commit.flushed();
  await settled();
  commit.add(["b"]);
  const second = commit.flushed();
  const told = Promise.allSettled([first, second]);
  fail(new Error("ENOSPC: no space left on device, write"));
  const closed = {
    status: "rejected",
    reason: { code: "journal-closed", message: expect.stringContaining("no space left") },
  };
  expect(await told).toMatchObject([closed, closed]);
  expect(() => commit.check()).toThrow(/make room or repair it, and restart/u);
  await expect(commit.flushed()).rejects.toMatchObject({ code: "journal-closed" });
});
