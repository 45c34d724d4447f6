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
  const commit = new GroupCommit({ target, title: "the journal", compactBytes: 1, snapshot: () => [] });
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
  const commit = new GroupCommit({ target, title: "the journal", compactBytes: 1, snapshot: () => [] });
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

test("is replaced by a snapshot when as much was appended as told, and as the last one was long", async () => {
  const written: string[] = [];
  const target = {
    writtenBytes: 10,
    append: async () => void written.push(`append at ${(target.writtenBytes += 4)}`),
    replace: async () => void written.push(`replace by ${(target.writtenBytes = 3)}`),
  };
  const commit = new GroupCommit({ target, title: "the journal", compactBytes: 5, snapshot: () => ["state"] });
  for (const entry of ["a", "b", "c", "d", "e", "f", "g"]) {
    commit.add([entry]);
    await commit.flushed();
  }
  const appends = ["append at 14", "append at 18", "append at 22"];
  expect(written).toEqual([...appends, "replace by 3", "append at 7", "append at 11", "replace by 3"]);
});

test("a full disk closes it for those who wait and those who come", async () => {
  const { target, fail } = heldBack();
  const commit = new GroupCommit({ target, title: "the journal", compactBytes: 1, snapshot: () => [] });
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
