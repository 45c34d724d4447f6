import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BodyQueue, type BodyQueueEvents } from "./body-queue.ts";

function quiet(events: Partial<BodyQueueEvents> = {}): BodyQueueEvents {
  return { onFull: () => {}, onDrained: () => {}, onWaiting: () => {}, onLeft: () => {}, ...events };
}

test("gives every byte once and in order, however pushes and reads interleave", async () => {
  const step = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constant("read" as const), fc.constant("turn" as const));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const queue = new BodyQueue(quiet());
      const reads: Promise<IteratorResult<Uint8Array, undefined>>[] = [];
      for (const item of steps) {
        if (item === "read") reads.push(queue.next());
        else if (item === "turn") await Promise.resolve();
        else queue.push(item);
      }
      queue.finish();
      const got = (await Promise.all(reads)).flatMap((read) => [...(read.value ?? [])]);
      for await (const chunk of queue) got.push(...chunk);
      expect(got).toEqual(steps.flatMap((item) => (typeof item === "string" ? [] : [...item])));
    }),
  );
});

test("a read that comes later gets later bytes, also when an earlier one still waits for its turn", async () => {
  const queue = new BodyQueue(quiet());
  const reads = [queue.next(), queue.next()];
  queue.push(new Uint8Array([1]));
  await Promise.resolve();
  queue.push(new Uint8Array([2]));
  reads.push(queue.next());
  queue.finish();
  expect((await Promise.all(reads)).map(({ value }) => value?.[0])).toEqual([1, 2, undefined]);
});

test("is taken whole once all of it has come, and not before", async () => {
  const queue = new BodyQueue(quiet());
  queue.push(new Uint8Array([1, 2]));
  expect(queue.takeWhole()).toBeUndefined();
  queue.push(new Uint8Array([3]));
  queue.finish();
  expect(queue.takeWhole()).toEqual(new Uint8Array([1, 2, 3]));
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

test("is not taken whole when it has broken off", async () => {
  const queue = new BodyQueue(quiet());
  queue.push(new Uint8Array([1]));
  queue.finish(new Error("broken"));
  expect(queue.takeWhole()).toBeUndefined();
  expect((await queue.next()).value).toEqual(new Uint8Array([1]));
  await expect(queue.next()).rejects.toThrow("broken");
});

test("an empty body is taken whole as no bytes", () => {
  const queue = new BodyQueue(quiet());
  queue.finish();
  expect(queue.takeWhole()).toEqual(new Uint8Array());
});

test("says when it is full and when it has been drained", async () => {
  const told: string[] = [];
  const queue = new BodyQueue(quiet({ onFull: () => told.push("full"), onDrained: () => told.push("drained") }));
  for (let i = 0; i < 5; i += 1) queue.push(new Uint8Array(20_000));
  expect(told).toEqual(["full"]);
  expect((await queue.next()).value).toHaveLength(100_000);
  expect(told).toEqual(["full", "drained"]);
});

test("tells an error once, after what came before it", async () => {
  const queue = new BodyQueue(quiet());
  queue.push(new Uint8Array([1]));
  queue.finish(new Error("broken"));
  expect((await queue.next()).value).toEqual(new Uint8Array([1]));
  await expect(queue.next()).rejects.toThrow("broken");
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

test("an end that has come is not changed into an error afterwards", async () => {
  const queue = new BodyQueue(quiet());
  queue.push(new Uint8Array([1]));
  queue.finish();
  queue.abandon(new Error("late"));
  expect((await queue.next()).value).toEqual(new Uint8Array([1]));
  expect((await queue.next()).done).toBe(true);
});

test("leaving before the end is told, leaving after it is not", async () => {
  let left = 0;
  const early = new BodyQueue(quiet({ onLeft: () => (left += 1) }));
  await early.return();
  const late = new BodyQueue(quiet({ onLeft: () => (left += 1) }));
  late.finish();
  await late.return();
  expect(left).toBe(1);
});
