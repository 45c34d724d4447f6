import { expect, test, vi } from "vitest";
import type { HoldRecord } from "../limits/hold-record.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import type { WrittenHold } from "./partition-filling.ts";
import { WriteBehind } from "./write-behind.ts";

const recordOf = (id: string, more: Partial<HoldRecord> = {}): HoldRecord => ({
  id,
  partition: "customer acme",
  state: "held",
  atMs: 0,
  seq: 1,
  demand: { nanoUsd: 1, inputTokens: 0, outputTokens: 0 },
  used: undefined,
  limits: [],
  ...more,
});

function behind(apply: (records: readonly HoldRecord[]) => Promise<void>) {
  const book = memoryLimitBook();
  const written: WrittenHold[] = [];
  const changes: (string | undefined)[] = [];
  const queue = new WriteBehind({
    book: {
      ...book,
      apply: async (records) => {
        await apply(records);
        return book.apply(records);
      },
    },
    patienceMs: 5000,
    onWritten: (holds) => written.push(...holds),
    onChange: (failure) => changes.push(failure?.message),
  });
  return { queue, written, changes };
}

test("what comes at the same time is written together, and of a hold only what it has come to", async () => {
  const batches: number[] = [];
  const { queue, written } = behind(async (records) => void batches.push(records.length));
  for (let count = 0; count < 100; count++) queue.add({ record: recordOf(`${count}`), madeIn: 3 });
  queue.add({ record: recordOf("7", { state: "closed", seq: 2 }), madeIn: 4 });
  await queue.written(recordOf("7"));
  expect(batches).toEqual([100]);
  expect(written.find(({ record }) => record.id === "7")).toEqual({
    record: recordOf("7", { state: "closed", seq: 2 }),
    madeIn: 3,
    writtenIn: 0,
    isNews: true,
  });
});

test("a record that cannot be written keeps no others back, and a failure is told once", async () => {
  const { queue, written, changes } = behind(async (records) => {
    if (records.some(({ id }) => id === "bad")) throw new Error("no such meter");
  });
  for (const id of ["1", "bad", "2", "3", "4", "5"]) queue.add({ record: recordOf(id), madeIn: 0 });
  await vi.waitUntil(() => written.length === 5, { timeout: 30_000 });
  expect(new Set(written.map(({ record }) => record.id))).toEqual(new Set(["1", "2", "3", "4", "5"]));
  queue.add({ record: recordOf("6"), madeIn: 0 });
  await queue.written(recordOf("6"));
  expect(changes).toEqual(["no such meter"]);
  expect(queue.has("bad\ncustomer acme")).toBe(true);
  await queue.close();
});
