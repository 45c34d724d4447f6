import type { LimitRule } from "./limit-scope.ts";
import { periodOf, type Period } from "./period-of.ts";
import { zoneOffsets } from "./zone-offsets.ts";

const slotsOfWindow = 60;
const always: Period = { startMs: 0, endMs: Number.POSITIVE_INFINITY };

/** How long the slots of a rolling window are. */
export function slotLengthMs(windowMs: number): number {
  return Math.ceil(windowMs / slotsOfWindow);
}

/** Tells in which stretch of time an admission counts; remembers the periods of the calendar that it worked out. */
export class Spans {
  readonly #periods = new Map<string, Period>();
  readonly #offsetAt = zoneOffsets();

  /** The stretch of time that an admission of this moment counts in, until it counts no more. */
  at({ limit: { window }, windowKey }: LimitRule, nowMs: number): Period {
    if (window.kind === "rolling") {
      const lengthMs = slotLengthMs(window.ms);
      const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
      return { startMs, endMs: startMs + lengthMs + window.ms };
    }
    if (window.kind !== "calendar") return always;
    const known = this.#periods.get(windowKey);
    if (known !== undefined && known.startMs <= nowMs && nowMs < known.endMs) return known;
    const period = periodOf(window, nowMs, this.#offsetAt);
    this.#periods.set(windowKey, period);
    return period;
  }
}
