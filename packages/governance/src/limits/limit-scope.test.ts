import { expect, test } from "vitest";
import type { Limit } from "./limit.ts";
import { limitScope } from "./limit-scope.ts";

const total = { kind: "total" } as const;

test.each<[string, Limit, RegExp]>([
  ["a negative amount", { of: "nanoUsd", amount: -1, window: total }, /"team" has the amount -1; give a whole/],
  ["a fraction", { of: "nanoUsd", amount: 0.5, window: total }, /has the amount 0.5/],
  ["NaN", { of: "nanoUsd", amount: Number.NaN, window: total }, /has the amount NaN/],
  ["what doubles cannot count", { of: "nanoUsd", amount: 2 ** 53, window: total }, /to 9007199254740991/],
  [
    "a time zone that is none",
    { of: "nanoUsd", amount: 1, window: { kind: "calendar", unit: "day", timeZone: "Mars/Olympus" } },
    /time zone "Mars\/Olympus"/,
  ],
  ["a window too short", { of: "nanoUsd", amount: 1, window: { kind: "rolling", ms: 999 } }, /rolls over 999 ms/],
  ["parallel tokens", { of: "inputTokens", amount: 1, window: { kind: "parallel" } }, /only requests can be/],
  ["requests a request", { of: "requests", amount: 1, window: { kind: "request" } }, /give tokens or nanoUsd/],
])("refuses %s", (...[, limit, message]) => {
  expect(() => limitScope({ id: "team", limits: [limit] })).toThrow(message);
});

test("refuses two limits that differ in their amount only, and a scope without a name", () => {
  const limits = [1, 2].map((amount): Limit => ({ of: "requests", amount, window: { kind: "rolling", ms: 1000 } }));
  expect(() => limitScope({ id: "team", limits })).toThrow(/two limits on requests with the same window/);
  expect(() => limitScope({ id: "", limits: [] })).toThrow(/empty id/);
});

test("takes several limits on the same thing with other windows", () => {
  const limits = [1000, 60_000].map((ms): Limit => ({ of: "requests", amount: 1, window: { kind: "rolling", ms } }));
  expect(limitScope({ id: "team", limits }).rules).toHaveLength(2);
});
