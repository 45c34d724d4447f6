import type { Amounts, CalendarWindow, Limit } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type { Reservation } from "../limits/limit-store.ts";
import { periodOf } from "../limits/period-of.ts";
import { zoneOffsets } from "../limits/zone-offsets.ts";

interface Booked {
  readonly scopes: readonly LimitScope[];
  /** When it was admitted. */
  readonly atMs: number;
  hold: Amounts;
  /** What it expires with, where that was told. */
  charge: Amounts | undefined;
  state: "held" | "lapsed" | "expired";
  /** When its lease runs out, or since when it lapsed. */
  sinceMs: number;
}

const offsetAt = zoneOffsets();
const periodStarts = new Map<string, number>();

/**
 * The rules of a limit store said the plain way: a list of all bookings that may still change, added up anew for every
 * question, and of those that are closed what they came to, so that a history takes time by its length alone.
 */
export class ReferenceLedger {
  readonly #bookings = new Map<string, Booked>();
  /** Those of them that are held or have lapsed. */
  readonly #open = new Set<Booked>();
  readonly #closed = new Set<string>();
  /** What those used that are over: by the place of the limit, and by when they were admitted. */
  readonly #used = new Map<string, Map<number, number>>();
  readonly #leaseMs: number;
  readonly #graceMs: number;

  constructor(leaseMs: number, graceMs: number) {
    this.#leaseMs = leaseMs;
    this.#graceMs = graceMs;
  }

  reserve(
    id: string,
    { scopes, need, charge, nowMs }: Pick<Reservation, "scopes" | "need" | "charge"> & { nowMs: number },
  ): string {
    if (this.#closed.has(id)) return "closed";
    if (this.#bookings.has(id)) return "held";
    const fits = scopes.every((scope) => scope.rules.every(({ limit }) => this.#fits({ scope, limit, need, nowMs })));
    if (!fits) return "refused";
    const sinceMs = nowMs + this.#leaseMs;
    const booking: Booked = { scopes, atMs: nowMs, hold: need, charge, state: "held", sinceMs };
    this.#bookings.set(id, booking);
    this.#open.add(booking);
    return "held";
  }

  close(id: string, actual: Amounts | undefined): string {
    if (this.#closed.has(id)) return "already";
    const booking = this.#bookings.get(id);
    if (booking === undefined) return "unknown";
    this.#bookings.delete(id);
    this.#closed.add(id);
    // It was charged, and now is as it was.
    if (!this.#open.delete(booking)) this.#count(booking, booking.hold, -1);
    if (actual !== undefined) this.#count(booking, actual);
    return "done";
  }

  topUp(id: string, more: Amounts, nowMs: number): string {
    const booking = this.#bookings.get(id);
    if (booking?.state !== "held") return "lost";
    const whole = plus(booking.hold, more);
    const fits = booking.scopes.every((scope) =>
      scope.rules.every(({ limit }) => {
        if (limit.window.kind === "request") return quantity(limit, whole) <= limit.amount;
        if (limit.of === "requests") return true;
        // More of a period of the calendar is more of the one it was admitted in; what has rolled away is free.
        const at = limit.window.kind === "calendar" ? booking.atMs : nowMs;
        return !counts(limit, slotOf(limit, booking.atMs), at) || this.#fits({ scope, limit, need: more, nowMs: at });
      }),
    );
    if (!fits) return "refused";
    booking.hold = whole;
    booking.charge = undefined;
    return "held";
  }

  /** Starts again from what is kept: leases are those of the reservation. */
  reopen(): void {
    for (const booking of this.#open) {
      if (booking.state === "held") booking.sinceMs = booking.atMs + this.#leaseMs;
    }
  }

  touch(id: string, charge: Amounts | undefined, nowMs: number): boolean {
    const booking = this.#bookings.get(id);
    if (booking?.state !== "held") return false;
    booking.sinceMs = nowMs + this.#leaseMs;
    booking.charge = charge;
    return true;
  }

  sweep(nowMs: number): void {
    for (const booking of this.#open) {
      if (booking.state === "lapsed" && booking.sinceMs + this.#graceMs <= nowMs) {
        booking.state = "expired";
        if (booking.charge !== undefined) booking.hold = least(booking.hold, booking.charge);
        this.#open.delete(booking);
        this.#count(booking, booking.hold);
      }
      if (booking.state === "held" && booking.sinceMs <= nowMs) {
        booking.state = "lapsed";
        booking.sinceMs = nowMs;
      }
    }
  }

  usage(scope: LimitScope, nowMs: number): { of: Limit; used: number; held: number }[] {
    return scope.rules.map(({ limit }, index) => {
      let [used, held] = [this.#usedOf(limit, placeOf(scope, index), nowMs), 0];
      for (const booking of this.#open) {
        if (!booking.scopes.some(({ id }) => id === scope.id) || !counts(limit, slotOf(limit, booking.atMs), nowMs))
          continue;
        if (isHeld(booking, limit)) held += quantity(limit, booking.hold);
      }
      return { of: limit, used, held };
    });
  }

  #count({ scopes, atMs }: Booked, amounts: Amounts, times = 1): void {
    for (const scope of scopes) {
      for (const [index, { limit }] of scope.rules.entries()) {
        const place = placeOf(scope, index);
        const slots = this.#used.get(place) ?? new Map<number, number>();
        const slot = slotOf(limit, atMs);
        this.#used.set(place, slots.set(slot, (slots.get(slot) ?? 0) + times * usedOf(limit, amounts)));
      }
    }
  }

  #usedOf(limit: Limit, place: string, nowMs: number): number {
    const slots = this.#used.get(place);
    if (slots === undefined) return 0;
    if (limit.window.kind !== "rolling") return slots.get(slotOf(limit, nowMs)) ?? 0;
    let used = 0;
    for (const [slot, amount] of slots) {
      if (counts(limit, slot, nowMs)) used += amount;
      // Time goes on only, and what has rolled away is gone.
      else slots.delete(slot);
    }
    return used;
  }

  #fits({ scope, limit, need, nowMs }: { scope: LimitScope; limit: Limit; need: Amounts; nowMs: number }): boolean {
    const wanted = quantity(limit, need);
    if (limit.window.kind === "request" || wanted === 0) return wanted <= limit.amount;
    const index = scope.rules.findIndex((rule) => rule.limit === limit);
    const { used = 0, held = 0 } = this.usage(scope, nowMs)[index] ?? {};
    return used + held + wanted <= limit.amount;
  }
}

function isHeld({ state }: Booked, limit: Limit): boolean {
  return state === "held" || (state === "lapsed" && limit.window.kind !== "parallel");
}

function usedOf(limit: Limit, amounts: Amounts): number {
  return limit.window.kind === "parallel" ? 0 : quantity(limit, amounts);
}

function placeOf({ id }: LimitScope, rule: number): string {
  return `${id} ${rule}`;
}

function plus(first: Amounts, second: Amounts): Amounts {
  return {
    nanoUsd: first.nanoUsd + second.nanoUsd,
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
  };
}

function least(first: Amounts, second: Amounts): Amounts {
  return {
    nanoUsd: Math.min(first.nanoUsd, second.nanoUsd),
    inputTokens: Math.min(first.inputTokens, second.inputTokens),
    outputTokens: Math.min(first.outputTokens, second.outputTokens),
  };
}

function periodStart(window: CalendarWindow, atMs: number): number {
  const key = `${window.unit} ${window.timeZone} ${atMs}`;
  const startMs = periodStarts.get(key) ?? periodOf(window, atMs, offsetAt).startMs;
  periodStarts.set(key, startMs);
  return startMs;
}

/** What is admitted in the same slot of a window leaves it at the same time. */
function slotOf({ window }: Limit, atMs: number): number {
  if (window.kind === "calendar") return periodStart(window, atMs);
  return window.kind === "rolling" ? Math.floor(atMs / grainOf(window.ms)) : 0;
}

function counts({ window }: Limit, slot: number, nowMs: number): boolean {
  if (window.kind === "calendar") return slot === periodStart(window, nowMs);
  if (window.kind !== "rolling") return true;
  return nowMs < (slot + 1) * grainOf(window.ms) + window.ms;
}

/** A sixtieth of the window is the grain of a rolling one. */
function grainOf(windowMs: number): number {
  return Math.ceil(windowMs / 60);
}

function quantity({ of }: Limit, { nanoUsd, inputTokens, outputTokens }: Amounts): number {
  return { nanoUsd, inputTokens, outputTokens, requests: 1, totalTokens: inputTokens + outputTokens }[of];
}
