import type { Book } from "../book/book.ts";
import type { LedgerEntry } from "../book/ledger-entry.ts";
import { type GovernanceErrorCode, isGovernanceError } from "../errors.ts";
import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { ExpiredHold, LimitStore } from "../limits/limit-store.ts";
import { isAttemptHoldId } from "./attempt-hold-id.ts";
import { expiryEntries } from "./expiry-entries.ts";

/** What a keeper works with. */
export interface LeaseKeeperOptions {
  readonly limits: LimitStore;
  readonly book: Book | undefined;
  readonly clock: () => number;
  readonly replica: string;
  /** How often leases are renewed. */
  readonly touchMs: number;
  /** Told when a store begins to fail, once until it works again. */
  readonly onTrouble: (error: unknown) => void;
}

const touchedAtOnce = 500;
/** Errors that another try would not mend. */
const impossible: ReadonlySet<GovernanceErrorCode> = new Set(["invalid-entry", "invalid-reservation"]);
/** A store that is down is not asked for all of it each second. */
const failuresAtOnce = 3;
/** Beyond it, holds that were never used are left to expire: a store that refuses everything must not fill the memory. */
const mostReleases = 10_000;

/**
 * Keeps the holds of all leases alive with one timer, and delivers what has ended: what a store does not take now is
 * offered again until it does, for a settlement that is lost is money that is lost.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #live = new Map<string, HoldRef>();
  readonly #undelivered = new Set<() => Promise<unknown>>();
  readonly #underWay = new Set<Promise<void>>();
  #touchedMs = 0;
  #isTroubled = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Holds that are kept alive. */
  get live(): number {
    return this.#live.size;
  }

  /** What the stores have not taken yet. */
  get undelivered(): number {
    return this.#undelivered.size + this.#underWay.size;
  }

  /** False where entries would go nowhere. */
  get hasBook(): boolean {
    return this.#options.book !== undefined;
  }

  watch(ref: HoldRef): void {
    this.#live.set(holdKey(ref), ref);
  }

  /** Ends a hold with what was used. */
  settle(ref: HoldRef, actual: Amounts): void {
    this.#live.delete(holdKey(ref));
    void this.#deliver(() => this.#options.limits.settle(ref, actual));
  }

  /** Ends a hold of which nothing was used. */
  release(ref: HoldRef): void {
    this.#live.delete(holdKey(ref));
    if (this.#undelivered.size >= mostReleases) return;
    void this.#deliver(() => this.#options.limits.release(ref));
  }

  /** Writes into the book. Resolves when that is done, or has failed for now. */
  record(entries: readonly LedgerEntry[]): Promise<void> {
    const { book } = this.#options;
    return book === undefined ? Promise.resolve() : this.#deliver(() => book.append(entries));
  }

  /** To be called each second: renews leases, ends those of the dead, and delivers what could not be delivered. */
  async tick(): Promise<void> {
    const { clock, limits, touchMs } = this.#options;
    await this.#attempt(() => this.#redeliver());
    if (clock() - this.#touchedMs >= touchMs) {
      this.#touchedMs = clock();
      await this.#attempt(() => this.#touch());
    }
    await this.#attempt(async () => {
      const { expired } = await limits.sweep();
      for (const hold of expired) await this.#expire(hold);
    });
  }

  /** Resolves when all that has ended is delivered, or has been tried once more. */
  async flush(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.#attempt(() => this.#redeliver());
  }

  async #touch(): Promise<void> {
    const refs = [...this.#live.values()];
    for (let at = 0; at < refs.length; at += touchedAtOnce) {
      // One that is lost is not renewed any more; it is settled all the same, which puts its expiry right.
      const lost = await this.#options.limits.touch(refs.slice(at, at + touchedAtOnce));
      for (const ref of lost) this.#live.delete(holdKey(ref));
    }
  }

  /** Holds at a provider are part of what the tenant's hold accounts for. */
  async #expire(hold: ExpiredHold): Promise<void> {
    const { book, clock, replica } = this.#options;
    if (book === undefined || isAttemptHoldId(hold.id)) return;
    const expired = { atMs: clock(), replica };
    // The limits tell of it once, so that it is kept until the book has it.
    await this.#deliver(async () => {
      const entries = expiryEntries(hold, await book.entriesOf(hold.id), expired);
      if (entries.length > 0) await book.append(entries);
    });
  }

  #deliver(work: () => Promise<unknown>): Promise<void> {
    const delivery = this.#offer(work).finally(() => this.#underWay.delete(delivery));
    this.#underWay.add(delivery);
    return delivery;
  }

  async #offer(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#recovered();
    } catch (error) {
      this.#keep(work, error);
    }
  }

  /** What no store will ever take is told and dropped; everything else is offered again. */
  #keep(work: () => Promise<unknown>, error: unknown): void {
    if (isGovernanceError(error) && impossible.has(error.code)) {
      this.#options.onTrouble(error);
      return;
    }
    this.#undelivered.add(work);
    this.#report(error);
  }

  async #redeliver(): Promise<void> {
    let failures = 0;
    const offered = Array.from(this.#undelivered);
    for (const work of offered) {
      this.#undelivered.delete(work);
      try {
        await work();
      } catch (error) {
        // At the end, so that one that is not taken keeps no other back.
        this.#keep(work, error);
        failures += 1;
        if (failures === failuresAtOnce) throw error;
      }
    }
    this.#recovered();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#report(error);
    }
  }

  /** One store may work while another does not, so what counts is whether anything is left. */
  #recovered(): void {
    if (this.#undelivered.size === 0) this.#isTroubled = false;
  }

  #report(error: unknown): void {
    if (!this.#isTroubled) this.#options.onTrouble(error);
    this.#isTroubled = true;
  }
}
