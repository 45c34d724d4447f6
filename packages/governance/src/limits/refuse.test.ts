import { expect, test } from "vitest";
import type { Limit } from "./limit.ts";
import type { LimitRefusal } from "./limit-store.ts";
import { hardest, standing } from "./refuse.ts";

const limit: Limit = { of: "requests", amount: 10, window: { kind: "rolling", ms: 60_000 } };
const slots = [
  { endMs: 1_000, settled: 3, held: 1 },
  { endMs: 2_000, settled: 6, held: 0 },
];

test.each<[need: number, resetsAtMs: number | undefined]>([
  [1, 1_000],
  [4, 1_000],
  [5, 2_000],
  [10, 2_000],
  [11, undefined],
])("room for %d is there once as much has left the window: %d", (need, resetsAtMs) => {
  expect(standing({ scope: "key a", limit }, { settled: 9, held: 1, slots }, need)).toEqual({
    scope: "key a",
    limit,
    used: 9,
    held: 1,
    resetsAtMs,
  });
});

test("what never ends leaves no room at any time", () => {
  const always = { endMs: Number.POSITIVE_INFINITY, settled: 10, held: 0 };
  const { resetsAtMs } = standing({ scope: "key a", limit }, { settled: 10, held: 0, slots: [always] }, 1);
  expect(resetsAtMs).toBeUndefined();
});

test("of several limits that one is told which keeps out the longest, and places of parallel requests come first", () => {
  const refusal = (scope: string, resetsAtMs: number | undefined, more: Partial<LimitRefusal> = {}): LimitRefusal => ({
    scope,
    limit,
    used: 10,
    held: 0,
    need: 1,
    resetsAtMs,
    ...more,
  });
  const parallel = refusal("parallel", undefined, { limit: { ...limit, window: { kind: "parallel" } } });
  const [soon, later, never] = [refusal("soon", 1_000), refusal("later", 2_000), refusal("never", undefined)];
  expect(hardest([soon, later, parallel])).toBe(later);
  expect(hardest([parallel, soon])).toBe(soon);
  expect(hardest([later, never, soon])).toBe(never);
  // More at once than there are places.
  expect(hardest([later, { ...parallel, need: 11 }])).toMatchObject({ need: 11 });
  expect(hardest([])).toBeUndefined();
});
