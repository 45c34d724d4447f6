import { expect, test } from "vitest";
import { liesWithin } from "./lies-within.ts";
import type { CalendarUnit, LimitWindow } from "./limit.ts";
import { periodOf } from "./period-of.ts";

const units: readonly CalendarUnit[] = ["minute", "hour", "day", "week", "month", "quarter", "year"];

function calendar(unit: CalendarUnit, timeZone = "Europe/Berlin"): LimitWindow & { readonly kind: "calendar" } {
  return { kind: "calendar", unit, timeZone };
}

const utc = (): number => 0;
const rolling = (ms: number): LimitWindow => ({ kind: "rolling", ms });

test.each<[LimitWindow, LimitWindow, boolean]>([
  [{ kind: "request" }, calendar("minute"), true],
  [{ kind: "request" }, rolling(1_000), true],
  [calendar("year"), { kind: "total" }, true],
  [{ kind: "total" }, calendar("year"), false],
  [{ kind: "total" }, { kind: "total" }, true],
  [rolling(60_000), rolling(3_600_000), true],
  [rolling(60_000), rolling(60_000), true],
  [rolling(3_600_000), rolling(60_000), false],
  [rolling(60_000), calendar("day"), false],
  [calendar("day"), rolling(100_000_000), false],
  [calendar("day"), calendar("month", "UTC"), false],
  [{ kind: "parallel" }, { kind: "parallel" }, true],
  [{ kind: "parallel" }, { kind: "total" }, false],
  [calendar("day"), { kind: "request" }, false],
])("%j lies within %j: %s", (inner, outer, expected) => {
  expect(liesWithin(inner, outer)).toBe(expected);
});

test("of two units the one lies within the other exactly when no period of it ever crosses a border of the other", () => {
  const hour = 3_600_000;
  for (const inner of units) {
    for (const outer of units) {
      let crosses = false;
      // Some years by steps of an odd number of hours, so that all borders come up.
      for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2028, 0, 1); at += 7 * hour) {
        const period = periodOf(calendar(inner), at, utc);
        crosses ||= periodOf(calendar(outer), at, utc).endMs < period.endMs;
      }
      expect(liesWithin(calendar(inner), calendar(outer)), `${inner} in ${outer}`).toBe(!crosses);
    }
  }
});
