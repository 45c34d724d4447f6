import { expect, test } from "vitest";
import { GroupCommit, type GroupCommitOptions } from "./group-commit.ts";

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

/** A journal's commits to a target; unless told otherwise it has nothing to be replaced by. */
function commitTo(
  target: GroupCommitOptions<string>["target"],
  { compactBytes = 1, snapshot = () => [] }: Partial<GroupCommitOptions<string>> = {},
) {
  return new GroupCommit({ target, title: "the journal", meanwhile: "nobody is let in", compactBytes, snapshot });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("what comes during a write goes into the next one, all at once", async () => {
  const { given, target, end } = heldBack();
  const commit = commitTo(target);
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
  const commit = commitTo(target);
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
  const commit = commitTo(target, { compactBytes: 5, snapshot: () => ["state"] });
  for (const entry of ["a", "b", "c", "d", "e", "f", "g"]) {
    commit.add([entry]);
    await commit.flushed();
  }
  const appends = ["append at 14", "append at 18", "append at 22"];
  expect(written).toEqual([...appends, "replace by 3", "append at 7", "append at 11", "replace by 3"]);
});

test("a full disk is told to those who wait, and what was not written goes into the next write, in its order", async () => {
  const { given, target, end, fail } = heldBack();
  const commit = commitTo(target);
  commit.add(["a"]);
  const first = commit.flushed();
  await settled();
  commit.add(["b"]);
  const second = commit.flushed();
  const told = Promise.allSettled([first, second]);
  fail(new Error("ENOSPC: no space left on device, write"));
  await settled();
  expect(commit.hasFailed).toBe(true);
  expect(() => commit.check()).toThrow(/\(ENOSPC.* until it can; make room or repair it$/u);
  fail(new Error("ENOSPC: no space left on device, write"));
  const refused = {
    status: "rejected",
    reason: { code: "journal-closed", message: expect.stringContaining("no space") },
  };
  expect(await told).toMatchObject([refused, refused]);
  commit.add(["c"]);
  const third = commit.flushed();
  await settled();
  end();
  await third;
  expect(given).toEqual([["a"], ["a", "b"], ["a", "b", "c"]]);
  expect(commit.hasFailed).toBe(false);
  await commit.flushed();
  expect(given).toHaveLength(3);
});

test("a snapshot that could not be written is tried again before anything is appended", async () => {
  const written: string[] = [];
  let isFull = true;
  const target = {
    writtenBytes: 10,
    append: async (entries: readonly string[]) => void written.push(`append ${entries.join()}`),
    replace: async (entries: readonly string[]) => {
      if (isFull) throw new Error("ENOSPC");
      target.writtenBytes = 0;
      written.push(`replace ${entries.join()}`);
    },
  };
  const state: string[] = [];
  const commit = commitTo(target, { compactBytes: 5, snapshot: () => state });
  target.writtenBytes = 20;
  const add = (entry: string): Promise<void> => {
    state.push(entry);
    commit.add([entry]);
    return commit.flushed();
  };
  await expect(add("a")).rejects.toMatchObject({ code: "journal-closed" });
  await expect(add("b")).rejects.toMatchObject({ code: "journal-closed" });
  isFull = false;
  await add("c");
  await add("d");
  expect(written).toEqual(["replace a,b,c", "append d"]);
});
