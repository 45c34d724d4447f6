import type { CalendarUnit, CalendarWindow } from "./limit.ts";
import type { OffsetAt } from "./zone-offsets.ts";

/** A stretch of time: its first instant, and the first one after it. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * The period of the calendar that an instant lies in. The periods of a window follow each other without gap or overlap.
 * A day begins when the clocks first show its midnight, or with the jump where they never do; a day is 23 or 25 hours
 * long when the clocks change. Where they change within an hour or a minute, that ends there and another begins.
 */
export function periodOf(window: CalendarWindow, atMs: number, offsetAt: OffsetAt): Period {
  const zone = (ms: number): number => offsetAt(window.timeZone, ms);
  if (window.unit === "minute") return clockPeriod(minuteMs, atMs, zone);
  if (window.unit === "hour") return clockPeriod(hourMs, atMs, zone);
  return datePeriod(window.unit, atMs, zone);
}

type Zone = (atMs: number) => number;

function clockPeriod(lengthMs: number, atMs: number, zone: Zone): Period {
  const offset = zone(atMs);
  const startMs = atMs - modulo(atMs + offset, lengthMs);
  const endMs = startMs + lengthMs;
  return {
    startMs: zone(startMs) === offset ? startMs : changeBetween(startMs, atMs, zone),
    endMs: zone(endMs - 1) === offset ? endMs : changeBetween(atMs, endMs - 1, zone),
  };
}

function datePeriod(unit: Exclude<CalendarUnit, "minute" | "hour">, atMs: number, zone: Zone): Period {
  const date = startOfUnit(unit, new Date(atMs + zone(atMs)));
  let startMs = firstInstantOf(date, zone);
  let next = nextOfUnit(unit, date);
  let endMs = firstInstantOf(next, zone);
  // Clocks set back over midnight show a date again that is over.
  while (endMs <= atMs) {
    startMs = endMs;
    next = nextOfUnit(unit, next);
    endMs = firstInstantOf(next, zone);
  }
  return { startMs, endMs };
}

/** Dates are midnights of UTC here, so that Date counts months and leap years. */
function startOfUnit(unit: Exclude<CalendarUnit, "minute" | "hour">, at: Date): number {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  switch (unit) {
    case "day":
      return Date.UTC(year, month, day);
    case "week":
      return Date.UTC(year, month, day - ((at.getUTCDay() + 6) % 7));
    case "month":
      return Date.UTC(year, month);
    case "quarter":
      return Date.UTC(year, month - (month % 3));
    case "year":
      return Date.UTC(year, 0);
  }
}

function nextOfUnit(unit: Exclude<CalendarUnit, "minute" | "hour">, dateMs: number): number {
  const [year, month] = [new Date(dateMs).getUTCFullYear(), new Date(dateMs).getUTCMonth()];
  switch (unit) {
    case "day":
      return dateMs + dayMs;
    case "week":
      return dateMs + 7 * dayMs;
    case "month":
      return Date.UTC(year, month + 1);
    case "quarter":
      return Date.UTC(year, month + 3);
    case "year":
      return Date.UTC(year + 1, 0);
  }
}

/** When the clocks first show this midnight, or jump over it. No zone is a day from UTC. */
function firstInstantOf(dateMs: number, zone: Zone): number {
  const before = zone(dateMs - dayMs);
  const after = zone(dateMs + dayMs);
  const ahead = dateMs - Math.max(before, after);
  const behind = dateMs - Math.min(before, after);
  if (ahead + zone(ahead) === dateMs) return ahead;
  if (behind + zone(behind) === dateMs) return behind;
  return changeBetween(ahead, behind, zone);
}

/** The first instant of another offset than at `fromMs`, known to be there by `toMs`. */
function changeBetween(fromMs: number, toMs: number, zone: Zone): number {
  const offset = zone(fromMs);
  let [same, changed] = [fromMs, toMs];
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (zone(middle) === offset) same = middle;
    else changed = middle;
  }
  return changed;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
