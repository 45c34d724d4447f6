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

/** What the clocks of a time zone show at an instant. */
export function clockTime(atMs: number, timeZone: string, offsetAt: OffsetAt): ClockTime {
  // Clocks stand for the same time throughout a minute, and readings of one minute are many.
  const minuteMs = Math.floor(atMs / 60_000) * 60_000;
  const shown = new Date(atMs + offsetAt(timeZone, minuteMs));
  return {
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    weekday: weekdays[(shown.getUTCDay() + 6) % 7] ?? "",
    date: shown.toISOString().slice(0, 10),
  };
}
