import type { CalendarUnit, LimitWindow, Quantity } from "./limit.ts";
import type { LimitRule } from "./limit-scope.ts";

/** The rule that a meter was made for, with the amount that its limit had. */
export function ruleOfMeter(meter: string, amount: number): LimitRule {
  const [scope, of, windowKey] = partsOf(meter);
  return { scope, limit: { of, amount, window: windowOf(windowKey) }, meter, windowKey };
}

/** The ids of the scopes that meters belong to, each once, in alphabetical order. */
export function scopesOfMeters(meters: readonly string[]): readonly string[] {
  return [...new Set(meters.map((meter) => partsOf(meter)[0]))].toSorted();
}

function partsOf(meter: string): readonly [scope: string, of: Quantity, windowKey: string] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `limitScope`
  return JSON.parse(meter) as [string, Quantity, string];
}

function windowOf(key: string): LimitWindow {
  if (key === "total" || key === "parallel" || key === "request") return { kind: key };
  const [first = "", second = ""] = key.split(" ");
  if (second === "ms") return { kind: "rolling", ms: Number(first) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `windowKeyOf`
  return { kind: "calendar", unit: first as CalendarUnit, timeZone: second };
}
