import type { OffsetAt } from "../limits/zone-offsets.ts";

/** Asks for an offset once a minute: time zones change theirs with a minute, and to ask takes microseconds. */
export function minuteOffsets(offsetAt: OffsetAt): OffsetAt {
  let known = { timeZone: "", minute: Number.NaN, offsetMs: 0 };
  return (timeZone, atMs) => {
    const minute = Math.floor(atMs / 60_000);
    if (known.minute !== minute || known.timeZone !== timeZone) {
      known = { timeZone, minute, offsetMs: offsetAt(timeZone, minute * 60_000) };
    }
    return known.offsetMs;
  };
}
