import type { OffsetAt } from "../limits/zone-offsets.ts";

/** What a clock and a calendar on the wall show. */
export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
  readonly weekday: string;
  /** Like `2026-11-29`. */
  readonly date: string;
}

/** The days of the week as rules name them, from Monday on. */
export const weekdays: readonly string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

/** What the clocks of a time zone show at an instant. */
export function clockTime(atMs: number, timeZone: string, offsetAt: OffsetAt): ClockTime {
  const shownMs = atMs + offsetAt(timeZone, atMs);
  const day = Math.floor(shownMs / dayMs);
  const minute = Math.floor((shownMs - day * dayMs) / minuteMs);
  return {
    hour: Math.floor(minute / 60),
    minute: minute % 60,
    // The first day of 1970 was a Thursday.
    weekday: weekdays[(((day + 3) % 7) + 7) % 7] ?? "",
    get date() {
      return new Date(shownMs).toISOString().slice(0, 10);
    },
  };
}
