import type { LimitRule } from "./limit-scope.ts";
import { Spans } from "./spans.ts";

/** What has been used and is held of one meter in one stretch of time. */
export interface Slot {
  readonly key: string;
  readonly startMs: number;
  /** From here on it counts no more. */
  readonly endMs: number;
  settled: number;
  held: number;
  /** Holds that may still change it. */
  holds: number;
  /** The meter it counts in; undefined once it counts no more. */
  meter: Meter | undefined;
}

/** Sums over the slots that count now, the one that began first in front. */
export interface Meter {
  settled: number;
  held: number;
  readonly slots: Slot[];
}

const tidiedAtOnce = 1000;

/**
 * Counts by meter and time. A rolling window is counted in sixty slots, and a slot counts until its last instant has left
 * the window: never more than the limit in any window, at the price that room comes back up to a sixtieth later.
 */
export class Meters {
  readonly #meters = new Map<string, Meter>();
  /** Where admissions count. */
  readonly spans = new Spans();
  #tidying: Iterator<[string, Meter]> | undefined;

  /** The meter of a rule with what counts now; undefined where nothing does. */
  find(rule: LimitRule, nowMs: number): Meter | undefined {
    const meter = this.#meters.get(rule.meter);
    if (meter !== undefined) advance(meter, nowMs);
    return meter;
  }

  /** The slot that an admission of this moment belongs to. */
  slotAt(rule: LimitRule, nowMs: number): Slot {
    const { startMs, endMs } = this.spans.at(rule, nowMs);
    const newest = this.#meters.get(rule.meter)?.slots.at(-1);
    if (newest?.startMs === startMs) return newest;
    return this.add({ key: rule.meter, startMs, endMs, settled: 0, held: 0, holds: 0, meter: undefined });
  }

  /** Lets a slot count that begins after all others of its meter. */
  add(slot: Slot): Slot {
    const meter = this.#meters.get(slot.key) ?? { settled: 0, held: 0, slots: [] };
    if (meter.slots.length === 0) this.#meters.set(slot.key, meter);
    meter.slots.push(slot);
    slot.meter = meter;
    count(meter);
    return slot;
  }

  /** Changes a slot, and the sums of its meter while it counts. */
  change(slot: Slot, by: { readonly settled: number; readonly held: number }): void {
    slot.settled = sum(slot.settled, by.settled);
    slot.held += by.held;
    if (slot.meter === undefined) return;
    slot.meter.settled = sum(slot.meter.settled, by.settled);
    slot.meter.held += by.held;
  }

  /** Forgets meters that count nothing: each call looks at some, and all get their turn. */
  tidy(nowMs: number): void {
    this.#tidying ??= this.#meters.entries();
    for (let seen = 0; seen < tidiedAtOnce; seen++) {
      const next = this.#tidying.next();
      if (next.done === true) {
        this.#tidying = undefined;
        return;
      }
      const [key, meter] = next.value;
      advance(meter, nowMs);
      if (meter.slots.every(({ settled, holds }) => settled === 0 && holds === 0)) this.#meters.delete(key);
    }
  }

  /** All slots that count, in the order in which `add` takes them again. */
  *counting(): Generator<Slot> {
    for (const { slots } of this.#meters.values()) yield* slots;
  }
}

function advance(meter: Meter, nowMs: number): void {
  let ended = 0;
  for (const slot of meter.slots) {
    if (slot.endMs > nowMs) break;
    slot.meter = undefined;
    ended += 1;
  }
  if (ended === 0) return;
  meter.slots.splice(0, ended);
  count(meter);
}

function count(meter: Meter): void {
  meter.settled = 0;
  meter.held = 0;
  for (const { settled, held } of meter.slots) {
    meter.settled = sum(meter.settled, settled);
    meter.held += held;
  }
}

/** Beyond 2^53 - 1 sums stay there: over any limit, for as long as they count. */
function sum(first: number, second: number): number {
  return Math.min(first + second, Number.MAX_SAFE_INTEGER);
}
