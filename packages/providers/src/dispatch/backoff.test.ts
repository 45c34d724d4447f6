import { expect, test } from "vitest";
import { backoff } from "./backoff.ts";
import { defaultDispatchSettings } from "./dispatch-settings.ts";
import { uniformity } from "../test/dispatch/fit.ts";
import { seededRandom } from "../test/dispatch/scene.ts";

test.each([
  [1, 50],
  [2, 100],
  [3, 200],
  [6, 1_600],
  [7, 2_000],
  [40, 2_000],
])("the wait before repeat %i is spread evenly between nothing and %i ms", (repeat, limitMs) => {
  const random = seededRandom(11 + repeat);
  const waits = Array.from({ length: 5_000 }, () => backoff(repeat, random(), defaultDispatchSettings) / limitMs);
  expect(uniformity(waits)).toBeGreaterThan(0.01);
});

test("the measure of evenness tells an uneven spread", () => {
  const random = seededRandom(3);
  expect(uniformity(Array.from({ length: 5_000 }, () => random() ** 1.1))).toBeLessThan(0.01);
});
