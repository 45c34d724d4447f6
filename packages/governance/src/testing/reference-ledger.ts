import type { Amounts, CalendarWindow, Limit } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import { periodOf } from "../limits/period-of.ts";
import { zoneOffsets } from "../limits/zone-offsets.ts";

interface Booked {
  readonly id: string;
  readonly scopes: readonly LimitScope[];
  /** When it was admitted. */
  readonly atMs: number;
  hold: Amounts;
  state: "held" | "lapsed" | "expired" | "settled" | "released";
  /** When its lease runs out, or since when it lapsed. */
  sinceMs: number;
  actual: Amounts | undefined;
}

const offsetAt = zoneOffsets();
const periodStarts = new Map<string, number>();

/** The rules of a limit store said the plain way: a list of all bookings, added up anew for every question. */
export class ReferenceLedger {
  readonly #bookings: Booked[] = [];
  readonly #leaseMs: number;
  readonly #graceMs: number;

  constructor(leaseMs: number, graceMs: number) {
    this.#leaseMs = leaseMs;
    this.#graceMs = graceMs;
  }

  reserve(
    id: string,
    { scopes, need, nowMs }: { scopes: readonly LimitScope[]; need: Amounts; nowMs: number },
  ): string {
    const known = this.#bookings.find((booking) => booking.id === id);
    if (known !== undefined) return ["settled", "released"].includes(known.state) ? "closed" : "held";
    const fits = scopes.every((scope) => scope.rules.every(({ limit }) => this.#fits({ scope, limit, need, nowMs })));
    if (!fits) return "refused";
    const sinceMs = nowMs + this.#leaseMs;
    this.#bookings.push({ id, scopes, atMs: nowMs, hold: need, state: "held", sinceMs, actual: undefined });
    return "held";
  }

  close(id: string, actual: Amounts | undefined): string {
    const booking = this.#bookings.find((entry) => entry.id === id);
    if (booking === undefined) return "unknown";
    if (booking.state === "settled" || booking.state === "released") return "already";
    booking.state = actual === undefined ? "released" : "settled";
    booking.actual = actual;
    return "done";
  }

  topUp(id: string, more: Amounts, nowMs: number): string {
    const booking = this.#bookings.find((entry) => entry.id === id && entry.state === "held");
    if (booking === undefined) return "lost";
    const whole = plus(booking.hold, more);
    const fits = booking.scopes.every((scope) =>
      scope.rules.every(({ limit }) => {
        if (limit.window.kind === "request") return quantity(limit, whole) <= limit.amount;
        if (limit.of === "requests") return true;
        // More of a period of the calendar is more of the one it was admitted in; what has rolled away is free.
        const at = limit.window.kind === "calendar" ? booking.atMs : nowMs;
        return !counts(limit, booking.atMs, at) || this.#fits({ scope, limit, need: more, nowMs: at });
      }),
    );
    if (!fits) return "refused";
    booking.hold = whole;
    return "held";
  }

  /** Starts again from what is kept: leases are those of the reservation. */
  reopen(): void {
    for (const booking of this.#bookings) {
      if (booking.state === "held") booking.sinceMs = booking.atMs + this.#leaseMs;
    }
  }

  touch(id: string, nowMs: number): boolean {
    const booking = this.#bookings.find((entry) => entry.id === id && entry.state === "held");
    if (booking === undefined) return false;
    booking.sinceMs = nowMs + this.#leaseMs;
    return true;
  }

  sweep(nowMs: number): void {
    for (const booking of this.#bookings) {
      if (booking.state === "lapsed" && booking.sinceMs + this.#graceMs <= nowMs) booking.state = "expired";
      if (booking.state === "held" && booking.sinceMs <= nowMs) {
        booking.state = "lapsed";
        booking.sinceMs = nowMs;
      }
    }
  }

  usage(scope: LimitScope, nowMs: number): { of: Limit; used: number; held: number }[] {
    return scope.rules.map(({ limit }) => {
      let [used, held] = [0, 0];
      for (const booking of this.#bookings) {
        if (!booking.scopes.some(({ id }) => id === scope.id) || !counts(limit, booking.atMs, nowMs)) continue;
        if (isHeld(booking, limit)) held += quantity(limit, booking.hold);
        else used += usedBy(booking, limit);
      }
      return { of: limit, used, held };
    });
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

function usedBy(booking: Booked, limit: Limit): number {
  if (limit.window.kind === "parallel") return 0;
  if (booking.state === "expired") return quantity(limit, booking.hold);
  return booking.actual === undefined ? 0 : quantity(limit, booking.actual);
}

function plus(first: Amounts, second: Amounts): Amounts {
  return {
    nanoUsd: first.nanoUsd + second.nanoUsd,
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
  };
}

function periodStart(window: CalendarWindow, atMs: number): number {
  const key = `${window.unit} ${window.timeZone} ${atMs}`;
  const startMs = periodStarts.get(key) ?? periodOf(window, atMs, offsetAt).startMs;
  periodStarts.set(key, startMs);
  return startMs;
}

/** A sixtieth of the window is the grain of a rolling one. */
function counts({ window }: Limit, atMs: number, nowMs: number): boolean {
  if (window.kind === "calendar") {
    return periodStart(window, atMs) === periodStart(window, nowMs);
  }
  if (window.kind !== "rolling") return true;
  const grainMs = Math.ceil(window.ms / 60);
  return nowMs < (Math.floor(atMs / grainMs) + 1) * grainMs + window.ms;
}

function quantity({ of }: Limit, { nanoUsd, inputTokens, outputTokens }: Amounts): number {
  return { nanoUsd, inputTokens, outputTokens, requests: 1, totalTokens: inputTokens + outputTokens }[of];
}
