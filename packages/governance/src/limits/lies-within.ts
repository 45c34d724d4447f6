import type { CalendarUnit, LimitWindow } from "./limit.ts";

/** Units of which each always lies in one of the next; weeks begin in one month and end in another. */
const nested: readonly CalendarUnit[] = ["minute", "hour", "day", "month", "quarter", "year"];

/** True when each window of the one kind always lies in a single window of the other. */
export function liesWithin(inner: LimitWindow, outer: LimitWindow): boolean {
  if (inner.kind === "parallel" || outer.kind === "parallel") return inner.kind === outer.kind;
  if (outer.kind === "total" || inner.kind === "request") return true;
  if (inner.kind === "rolling") return outer.kind === "rolling" && inner.ms <= outer.ms;
  if (inner.kind !== "calendar" || outer.kind !== "calendar" || inner.timeZone !== outer.timeZone) return false;
  if (inner.unit === outer.unit) return true;
  const at = nested.indexOf(inner.unit);
  if (outer.unit === "week") return at !== -1 && at <= nested.indexOf("day");
  return at !== -1 && at < nested.indexOf(outer.unit);
}
