import { demandOf } from "../limits/demand.ts";
import type { Amounts, Limit } from "../limits/limit.ts";
import { holdRefOf } from "../limits/hold-ref.ts";
import type { Hold, LimitLedger } from "../limits/limit-ledger.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { Slot } from "../limits/meters.ts";

/** Nano-USD, input tokens, output tokens. */
export type AmountsEntry = readonly [number, number, number];

/**
 * One line's worth of a journal of limits: a step that changed something with its instant, or a piece of the state that
 * all steps before have led to. Scopes are written once and named by their number from then on, slots likewise; holds are named by
 * their key.
 */
export type LimitJournalEntry =
  | readonly ["scope", number: number, id: string, limits: readonly Limit[], partition?: string]
  | readonly ["reserve", atMs: number, key: string, scopes: readonly number[], need: AmountsEntry, HoldCharge?]
  | readonly ["topUp", atMs: number, key: string, more: AmountsEntry]
  | readonly ["settle", atMs: number, key: string, actual: AmountsEntry]
  | readonly ["release", atMs: number, key: string]
  | readonly ["charge", atMs: number, charges: readonly (readonly [key: string, HoldCharge])[]]
  | readonly ["move", atMs: number, state: "lapsed" | "expired", keys: readonly string[]]
  | readonly ["now", atMs: number]
  | readonly ["slot", key: string, startMs: number, endMs: number | null, settled: number, held: number]
  | readonly ["hold", key: string, state: Hold["state"], atMs: number, demand: AmountsEntry, HoldPlace, HoldCharge?]
  | readonly ["closed", key: string, atMs: number];

/** What a hold is charged with if it expires; missing or null for all that it holds. */
type HoldCharge = AmountsEntry | null;

/** The numbers of a hold's scopes, and for each of their rules that of its slot, or -1 for none. */
type HoldPlace = { readonly scopes: readonly number[]; readonly slots: readonly number[] };

/** Amounts as they are written. */
export function amountsEntry({ nanoUsd, inputTokens, outputTokens }: Amounts): AmountsEntry {
  return [nanoUsd, inputTokens, outputTokens];
}

/** A charge as it is written. */
export function chargeEntry(charge: Amounts | undefined): AmountsEntry | null {
  return charge === undefined ? null : amountsEntry(charge);
}

/** Gives numbers to scopes; those with the same limits have the same. */
export class ScopeNumbers {
  readonly #known = new WeakMap<LimitScope, number>();
  readonly #numbers = new Map<string, number>();

  /** The numbers of scopes; what is not written yet is added to `entries`. */
  of(scopes: readonly LimitScope[], entries: LimitJournalEntry[]): number[] {
    return scopes.map((scope) => {
      const known = this.#known.get(scope);
      if (known !== undefined) return known;
      const limits = scope.rules.map(({ limit }) => limit);
      const text = JSON.stringify([scope.id, limits, scope.partition]);
      let number = this.#numbers.get(text);
      if (number === undefined) {
        number = this.#numbers.size;
        this.#numbers.set(text, number);
        entries.push(["scope", number, scope.id, limits, scope.partition]);
      }
      this.#known.set(scope, number);
      return number;
    });
  }
}

/** The whole state of a ledger. */
export function entriesOf(ledger: LimitLedger, numbers: ScopeNumbers): LimitJournalEntry[] {
  const entries: LimitJournalEntry[] = [["now", ledger.nowMs]];
  const slots = new Map<Slot, number>();
  const numberOf = (slot: Slot | undefined): number => {
    if (slot === undefined) return -1;
    const number = slots.get(slot) ?? slots.size;
    if (number === slots.size) {
      slots.set(slot, number);
      const { key, startMs, endMs, settled, held } = slot;
      entries.push(["slot", key, startMs, Number.isFinite(endMs) ? endMs : null, settled, held]);
    }
    return number;
  };
  for (const slot of ledger.meters.counting()) numberOf(slot);
  for (const { key, state, atMs, demand, charge, ...hold } of ledger.holds.values()) {
    const place = { scopes: numbers.of(hold.scopes, entries), slots: hold.entries.map(({ slot }) => numberOf(slot)) };
    entries.push(["hold", key, state, atMs, amountsEntry(demand), place, chargeEntry(charge)]);
  }
  for (const [key, atMs] of ledger.closed) entries.push(["closed", key, atMs]);
  return entries;
}

/** Makes the state again that a journal's entries led to, one after the other. */
export class LimitReplay {
  readonly #ledger: LimitLedger;
  readonly #scopes: LimitScope[] = [];
  readonly #slots: Slot[] = [];

  constructor(ledger: LimitLedger) {
    this.#ledger = ledger;
  }

  /** Takes the next entry. */
  take(entry: LimitJournalEntry): void {
    switch (entry[0]) {
      case "scope":
        this.#scopes.push(limitScope({ id: entry[2], limits: entry[3], partition: entry[4] ?? "" }));
        break;
      case "now":
        this.#ledger.nowMs = entry[1];
        break;
      case "slot":
        this.#takeSlot(entry);
        break;
      case "hold":
        this.#takeHold(entry);
        break;
      case "closed":
        this.#ledger.closed.set(entry[1], entry[2]);
        break;
      default:
        this.#repeat(entry);
    }
  }

  #repeat(
    entry: Extract<
      LimitJournalEntry,
      readonly ["reserve" | "topUp" | "settle" | "release" | "charge" | "move", ...unknown[]]
    >,
  ): void {
    const ledger = this.#ledger;
    switch (entry[0]) {
      case "reserve":
        ledger.admit(
          entry[2],
          { scopes: this.#scopesOf(entry[3]), need: amountsOf(entry[4]), charge: chargeOf(entry[5]) },
          entry[1],
        );
        break;
      case "topUp":
        ledger.grow(entry[2], amountsOf(entry[3]), entry[1]);
        break;
      case "settle":
        ledger.close(holdRefOf(entry[2]), amountsOf(entry[3]), entry[1]);
        break;
      case "release":
        ledger.close(holdRefOf(entry[2]), undefined, entry[1]);
        break;
      case "charge":
        for (const [key, charge] of entry[2]) ledger.chargeWith(key, chargeOf(charge));
        break;
      case "move":
        ledger.move(entry[3], entry[2], entry[1]);
    }
  }

  #takeSlot([, key, startMs, endMs, settled, held]: Extract<LimitJournalEntry, readonly ["slot", ...unknown[]]>): void {
    const end = endMs ?? Number.POSITIVE_INFINITY;
    const slot: Slot = { key, startMs, endMs: end, settled, held, holds: 0, meter: undefined };
    this.#slots.push(slot);
    if (end > this.#ledger.nowMs) this.#ledger.meters.add(slot);
  }

  #takeHold([, key, state, atMs, demand, place, told]: Extract<
    LimitJournalEntry,
    readonly ["hold", ...unknown[]]
  >): void {
    const scopes = this.#scopesOf(place.scopes);
    const rules = scopes.flatMap((scope) => scope.rules);
    const entries = rules.map((rule, index) => ({ rule, slot: this.#slots[place.slots[index] ?? -1] }));
    for (const { slot } of entries) if (slot !== undefined) slot.holds += 1;
    const whole = demandOf(amountsOf(demand), 1);
    this.#ledger.holds.set(key, { key, scopes, entries, state, atMs, demand: whole, charge: undefined });
    this.#ledger.chargeWith(key, chargeOf(told));
  }

  #scopesOf(numbers: readonly number[]): LimitScope[] {
    return numbers.flatMap((number) => this.#scopes[number] ?? []);
  }
}

function chargeOf(told: HoldCharge | undefined): Amounts | undefined {
  return told === undefined || told === null ? undefined : amountsOf(told);
}

function amountsOf([nanoUsd, inputTokens, outputTokens]: AmountsEntry): Amounts {
  return { nanoUsd, inputTokens, outputTokens };
}
