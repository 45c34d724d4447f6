import type { CalendarUnit, LimitWindow } from "./limit.ts";

/** Units of which each always lies in one of the next; weeks begin in one month and end in another. */
const nested: readonly CalendarUnit[] = ["minute", "hour", "day", "month", "quarter", "year"];

/** True when each window of the one kind always lies in a single window of the other. */
export function liesWithin(inner: LimitWindow, outer: LimitWindow): boolean {
  if (inner.kind === "parallel" || outer.kind === "parallel") return inner.kind === outer.kind;
  if (outer.kind === "total" || inner.kind === "request") return true;
  if (inner.kind === "rolling") return outer.kind === "rolling" && inner.ms <= outer.ms;
  if (inner.kind !== "calendar" || outer.kind !== "calendar") return false;
  return inner.timeZone === outer.timeZone && unitLiesWithin(inner.unit, outer.unit);
}

function unitLiesWithin(inner: CalendarUnit, outer: CalendarUnit): boolean {
  if (inner === outer) return true;
  const at = nested.indexOf(inner);
  // A week has days and all that is shorter.
  const end = outer === "week" ? nested.indexOf("day") + 1 : nested.indexOf(outer);
  return at !== -1 && at < end;
}
