import { expect, test } from "vitest";
import { percentile, spreadOf } from "./statistics.ts";

test("a percentile is one of the numbers, whatever their order", () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5);
  expect(percentile([7], 0.01)).toBe(7);
});

test("no numbers have no percentile", () => {
  expect(percentile([], 0.5)).toBeNaN();
});

test("a spread is not moved by one round that went wrong", () => {
  expect(spreadOf([3, 9, 4, 900, 5])).toEqual({ median: 5, low: 4, high: 9 });
});
