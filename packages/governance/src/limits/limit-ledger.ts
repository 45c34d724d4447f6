import { addDemands, type Demand, demandOf, leastDemand, nothing, quantityIn } from "./demand.ts";
import { holdKey, type HoldRef, holdRefOf } from "./hold-ref.ts";
import { checkReservation } from "./check-reservation.ts";
import type { Amounts, Limit } from "./limit.ts";
import type { LimitRule, LimitScope } from "./limit-scope.ts";
import type {
  CloseResult,
  ExpiredHold,
  LeaseSettings,
  LimitRefusal,
  LimitUsage,
  Reservation,
  ReserveResult,
  SweepResult,
  TopUpResult,
  TouchedHold,
} from "./limit-store.ts";
import { type Meter, Meters, type Slot } from "./meters.ts";
import { hardest, standing } from "./refuse.ts";
import { scopesOfMeters } from "./rule-of-meter.ts";

/** One limit that a hold counts in, and where. */
export interface HoldEntry {
  readonly rule: LimitRule;
  /** Undefined for a limit on a single request, which counts nothing. */
  readonly slot: Slot | undefined;
}

/** A request that has begun. */
export interface Hold {
  /** Its name as one string. */
  readonly key: string;
  readonly scopes: readonly LimitScope[];
  /** One for each rule of its scopes, in their order. */
  readonly entries: readonly HoldEntry[];
  /** What it holds; of an expired one, what it was charged with. */
  demand: Demand;
  /** What it is charged with if it expires; all that it holds where its owner has not told. */
  charge: Demand | undefined;
  state: "held" | "lapsed" | "expired";
  /** When its lease runs out, it lapsed, or it expired. */
  atMs: number;
}

const closedKeptMs = 10 * 60 * 1000;
const expiredKeptMs = 48 * 60 * 60 * 1000;

/**
 * The state machine behind the stores of one process: synchronous, so that a call is one atomic step, and driven by
 * the instants it is told, so that the same calls give the same state. Time that falls is taken as standing still.
 */
export class LimitLedger {
  readonly meters = new Meters();
  /** By the key of the hold. */
  readonly holds = new Map<string, Hold>();
  /** Keys of ended holds and when they did, oldest first; a hold forgotten is unknown, so nothing is ever charged twice. */
  readonly closed = new Map<string, number>();
  readonly #leaseMs: number;
  readonly #graceMs: number;
  nowMs = 0;

  constructor({ leaseMs = 30_000, graceMs = 90_000 }: LeaseSettings) {
    this.#leaseMs = leaseMs;
    this.#graceMs = graceMs;
  }

  /** As of LimitStore. */
  reserve(reservation: Reservation, atMs: number): ReserveResult {
    const { scopes, need, charge } = reservation;
    this.#advance(atMs);
    const key = holdKey(reservation);
    if (this.holds.has(key)) return { outcome: "held" };
    if (this.closed.has(key)) return { outcome: "closed" };
    checkReservation(reservation);
    const demand = demandOf(need, 1);
    if (charge !== undefined) demandOf(charge, 1);
    const refusals: LimitRefusal[] = [];
    for (const { rules } of scopes) for (const rule of rules) this.#look(rule, demand, refusals);
    const refusal = hardest(refusals);
    if (refusal !== undefined) return { outcome: "refused", refusal };
    this.admit(key, reservation, atMs);
    return { outcome: "held" };
  }

  /** Holds what a request needs, whether there is room or not: what was granted once stays granted. */
  admit(key: string, { scopes, need, charge }: Pick<Reservation, "scopes" | "need" | "charge">, atMs: number): void {
    this.#advance(atMs);
    const demand = demandOf(need, 1);
    const entries: HoldEntry[] = [];
    for (const { rules } of scopes) for (const rule of rules) entries.push(this.#enter(rule, demand));
    const atEndMs = this.nowMs + this.#leaseMs;
    this.holds.set(key, { key, scopes, entries, demand, charge: undefined, state: "held", atMs: atEndMs });
    this.chargeWith(key, charge);
  }

  /** As of LimitStore. */
  topUp(ref: HoldRef, more: Amounts, atMs: number): TopUpResult {
    this.#advance(atMs);
    const added = demandOf(more, 0);
    const hold = this.holds.get(holdKey(ref));
    if (hold?.state !== "held") return { outcome: "lost" };
    const whole = addDemands(hold.demand, added);
    const refusals: LimitRefusal[] = [];
    for (const { rule, slot } of hold.entries) {
      if (slot === undefined) this.#look(rule, whole, refusals);
      else this.#lookAgain({ rule, slot }, added, refusals);
    }
    const refusal = hardest(refusals);
    if (refusal !== undefined) return { outcome: "refused", refusal };
    this.grow(hold.key, more, atMs);
    return { outcome: "held" };
  }

  /** Holds more for a running request, whether there is room or not. */
  grow(key: string, more: Amounts, atMs: number): void {
    this.#advance(atMs);
    const hold = this.holds.get(key);
    if (hold === undefined) return;
    const added = demandOf(more, 0);
    for (const { rule, slot } of hold.entries) {
      if (slot !== undefined) this.meters.change(slot, { settled: 0, held: quantityIn(added, rule.limit.of) });
    }
    hold.demand = addDemands(hold.demand, added);
    hold.charge = undefined;
  }

  /** As of LimitStore; without `actual`, its `release`. */
  close(ref: HoldRef, actual: Amounts | undefined, atMs: number): CloseResult {
    this.#advance(atMs);
    const used = actual === undefined ? nothing : demandOf(actual, 1);
    const key = holdKey(ref);
    const hold = this.holds.get(key);
    if (hold === undefined) return this.closed.has(key) ? "already" : "unknown";
    for (const entry of hold.entries) {
      if (entry.slot === undefined) continue;
      entry.slot.holds -= 1;
      this.meters.change(entry.slot, {
        settled: settledBy(entry.rule.limit, used) - chargedBy(hold, entry.rule.limit),
        held: -heldBy(hold, entry.rule.limit),
      });
    }
    this.holds.delete(key);
    this.closed.set(key, this.nowMs);
    return "done";
  }

  /** As of LimitStore. */
  touch(refs: readonly TouchedHold[], atMs: number): HoldRef[] {
    this.#advance(atMs);
    return refs.filter((ref) => {
      const hold = this.holds.get(holdKey(ref));
      if (hold?.state !== "held") return true;
      hold.atMs = this.nowMs + this.#leaseMs;
      this.chargeWith(hold.key, ref.charge);
      return false;
    });
  }

  /** Says what a hold is charged with if it expires. */
  chargeWith(key: string, charge: Amounts | undefined): void {
    const hold = this.holds.get(key);
    if (hold !== undefined) hold.charge = charge && demandOf(charge, 1);
  }

  /** As of LimitStore. */
  sweep(atMs: number): SweepResult {
    this.#advance(atMs);
    this.meters.tidy(this.nowMs);
    const lapsed: string[] = [];
    const expired: string[] = [];
    for (const hold of this.holds.values()) {
      if (hold.state === "held" && hold.atMs <= this.nowMs) lapsed.push(hold.key);
      if (hold.state === "lapsed" && hold.atMs + this.#graceMs <= this.nowMs) expired.push(hold.key);
      if (hold.state === "expired" && hold.atMs + expiredKeptMs <= this.nowMs) this.#forget(hold);
    }
    this.move(lapsed, "lapsed", atMs);
    this.move(expired, "expired", atMs);
    return { lapsed: lapsed.map(holdRefOf), expired: this.#expired(expired) };
  }

  /** Holds that have expired since then, or at that moment, and were not ended. */
  expiredSince(sinceMs: number): ExpiredHold[] {
    const expired = this.holds.values().filter(({ state, atMs }) => state === "expired" && atMs >= sinceMs);
    return this.#expired(Array.from(expired, ({ key }) => key));
  }

  /** Lets holds lapse or expire, whatever their lease. */
  move(keys: readonly string[], state: "lapsed" | "expired", atMs: number): void {
    this.#advance(atMs);
    for (const hold of keys.map((key) => this.holds.get(key))) {
      if (hold === undefined) continue;
      const before = { ...hold };
      hold.state = state;
      hold.atMs = this.nowMs;
      if (state === "expired" && hold.charge !== undefined) hold.demand = leastDemand(hold.demand, hold.charge);
      for (const { rule, slot } of hold.entries) {
        if (slot === undefined) continue;
        this.meters.change(slot, {
          held: heldBy(hold, rule.limit) - heldBy(before, rule.limit),
          settled: chargedBy(hold, rule.limit) - chargedBy(before, rule.limit),
        });
      }
    }
  }

  /** As of LimitStore. */
  usage({ rules }: LimitScope, atMs: number): LimitUsage[] {
    this.#advance(atMs);
    return rules
      .filter(({ limit }) => limit.window.kind !== "request")
      .map((rule) => {
        const usage = standing(rule, this.meters.find(rule, this.nowMs), 1);
        // A period of the calendar ends for those as well who have room left in it.
        if (rule.limit.window.kind !== "calendar") return usage;
        return { ...usage, resetsAtMs: this.meters.spans.at(rule, this.nowMs).endMs };
      });
  }

  #expired(keys: readonly string[]): ExpiredHold[] {
    return keys.flatMap((key) => {
      const hold = this.holds.get(key);
      if (hold === undefined) return [];
      const { nanoUsd, inputTokens, outputTokens } = hold.demand;
      const scopes = scopesOfMeters(hold.entries.map(({ rule }) => rule.meter));
      return [{ ...holdRefOf(key), charged: { nanoUsd, inputTokens, outputTokens }, scopes }];
    });
  }

  #advance(atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    for (const [id, closedMs] of this.closed) {
      if (closedMs + closedKeptMs > this.nowMs) break;
      this.closed.delete(id);
    }
  }

  #look(rule: LimitRule, demand: Demand, refusals: LimitRefusal[]): void {
    const need = quantityIn(demand, rule.limit.of);
    const meter = rule.limit.window.kind === "request" ? undefined : this.meters.find(rule, this.nowMs);
    refuseBeyond({ rule, meter, need }, refusals);
  }

  /** Looks where the hold counts: in a period of the calendar that may be over, else in what still counts. */
  #lookAgain({ rule, slot }: { rule: LimitRule; slot: Slot }, added: Demand, refusals: LimitRefusal[]): void {
    const need = quantityIn(added, rule.limit.of);
    const over = slot.endMs <= this.nowMs;
    if (over && rule.limit.window.kind !== "calendar") return;
    const meter = over ? { settled: slot.settled, held: slot.held, slots: [] } : this.meters.find(rule, this.nowMs);
    refuseBeyond({ rule, meter, need }, refusals);
  }

  #enter(rule: LimitRule, demand: Demand): HoldEntry {
    if (rule.limit.window.kind === "request") return { rule, slot: undefined };
    const slot = this.meters.slotAt(rule, this.nowMs);
    slot.holds += 1;
    this.meters.change(slot, { settled: 0, held: quantityIn(demand, rule.limit.of) });
    return { rule, slot };
  }

  #forget(hold: Hold): void {
    for (const { slot } of hold.entries) if (slot !== undefined) slot.holds -= 1;
    this.holds.delete(hold.key);
  }
}

function refuseBeyond(
  { rule, meter, need }: { rule: LimitRule; meter: Meter | undefined; need: number },
  refusals: LimitRefusal[],
): void {
  // What takes nothing fits even where more than everything is used: a model that costs nothing stays in reach.
  if (need === 0 || (meter?.settled ?? 0) + (meter?.held ?? 0) + need <= rule.limit.amount) return;
  refusals.push({ ...standing(rule, meter, need), need });
}

function heldBy({ state, demand }: Hold, { of, window }: Limit): number {
  if (state === "expired" || (state === "lapsed" && window.kind === "parallel")) return 0;
  return quantityIn(demand, of);
}

function chargedBy({ state, demand }: Hold, limit: Limit): number {
  return state === "expired" ? settledBy(limit, demand) : 0;
}

function settledBy({ of, window }: Limit, demand: Demand): number {
  return window.kind === "parallel" ? 0 : quantityIn(demand, of);
}
