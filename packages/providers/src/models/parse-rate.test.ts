import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRate } from "./parse-rate.ts";

test.each([
  ["3", 3_000_000_000],
  ["0.0028", 2_800_000],
  ["1.10", 1_100_000_000],
  ["0.000000001", 1],
  [0.1, 100_000_000],
  [0, 0],
  ["1000", 1_000_000_000_000],
])("%s USD per million tokens is %d nano-USD", (usd, rate) => {
  expect(parseRate(usd)).toBe(rate);
});

test.each([
  "-1",
  -0.5,
  "1e3",
  "0.0000000001",
  "1000.01",
  "$3",
  "3,5",
  " 3",
  "",
  ".5",
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e-7,
  null,
  true,
  {},
])("%s is no price", (usd) => {
  expect(parseRate(usd)).toBeUndefined();
});

test("every price with up to nine digits behind the point is read to the last digit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (rate) => {
      const digits = String(rate).padStart(10, "0");
      expect(parseRate(`${digits.slice(0, -9)}.${digits.slice(-9)}`)).toBe(rate);
    }),
  );
});
