import { expect, test } from "vitest";
import { chanceFrom } from "../chance.ts";
import type { FaultKind } from "./fault.ts";
import { planFaults } from "./plan-faults.ts";

const kinds: readonly FaultKind[] = ["kill-replica", "flush-redis", "skew-clock", "freeze-postgres"];
const planned = (seed: number) =>
  planFaults({ chance: chanceFrom(seed), durationMs: 60_000, everyMs: 1_000, replicas: 3, kinds, stallMs: 9_000 });

test("each kind of fault comes, and none that was not asked for", () => {
  expect(new Set(planned(3).map(({ fault }) => fault.kind))).toEqual(new Set(kinds));
});

test("the same seed plans the same faults", () => {
  expect(planned(3)).toEqual(planned(3));
  expect(planned(3)).not.toEqual(planned(4));
});

test("faults come in the order of time and before the end", () => {
  const times = planned(5).map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBeLessThan(60_000);
});
