import { expect, test } from "vitest";
import { estimateRatio, type Pair } from "./estimate-ratio.ts";

test("a ratio is that of all costs together, so that a dear round counts as much as it costs", () => {
  const pairs: Pair[] = [
    { own: 150, other: 100 },
    { own: 150, other: 100 },
    { own: 600, other: 100 },
  ];
  expect(estimateRatio(pairs).value).toBe(3);
});

test("one round that was disturbed changes nothing, whichever of the two it was dear for", () => {
  const calm = Array.from({ length: 8 }, () => ({ own: 150, other: 100 }));
  expect(estimateRatio([...calm, { own: 9_000, other: 100 }]).value).toBe(1.5);
  expect(estimateRatio([...calm, { own: 150, other: 9_000 }]).value).toBe(1.5);
});

test("rounds that agree leave no doubt", () => {
  const pairs = Array.from({ length: 9 }, (_, round) => ({ own: 15 * (round + 1), other: 10 * (round + 1) }));
  expect(estimateRatio(pairs)).toEqual({ value: 1.5, low: 1.5, high: 1.5 });
});

test("the bounds are where the ratio of other rounds like these would lie, and the same each time", () => {
  const pairs = Array.from({ length: 100 }, (_, round) => ({ own: round % 2 === 0 ? 1 : 3, other: 1 }));
  const { value, low, high } = estimateRatio(pairs);
  expect(value).toBe(2);
  // The mean of a hundred ones and threes has a standard deviation of 0.1.
  expect(low).toBeGreaterThan(1.75);
  expect(low).toBeLessThan(1.85);
  expect(high).toBeGreaterThan(2.15);
  expect(high).toBeLessThan(2.25);
  expect(estimateRatio(pairs)).toEqual({ value, low, high });
});

test("no rounds have no ratio", () => {
  expect(estimateRatio([])).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
});
