import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitStore } from "../limits/limit-store.ts";

/** What renewing leases takes. */
export interface RenewalOptions {
  readonly limits: Pick<LimitStore, "touch">;
  readonly clock: () => number;
  /** How often leases are renewed of which nothing else is to be told. */
  readonly touchMs: number;
}

/** What a hold has come to at most; undefined for all that it holds. */
export type Charging = () => Amounts | undefined;

interface Live {
  readonly ref: HoldRef;
  readonly charge: Charging;
}

const touchedAtOnce = 500;
/** A lease lasts as long as so many renewals of it. */
const touchesInLease = 6;

/** Keeps holds alive, and tells the store what they have come to, should this process end before they do. */
export class Renewals {
  readonly #options: RenewalOptions;
  readonly #live = new Map<string, Live>();
  /** Holds that nothing was told of yet. */
  readonly #untold = new Set<string>();
  /** Holds that the store did not know as running when they were last renewed. */
  readonly #lost = new Set<string>();
  #touchedMs = 0;
  /** When leases were last renewed. */
  #keptMs: number;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#keptMs = options.clock();
  }

  /** Holds that are kept alive. */
  get live(): number {
    return this.#live.size;
  }

  /** True where something is to be told that was not told before. */
  get hasNews(): boolean {
    return this.#untold.size > 0;
  }

  /** Keeps a hold alive; with `charge`, tells of it what that says. */
  watch(ref: HoldRef, charge?: Charging): void {
    const key = holdKey(ref);
    this.#live.set(key, { ref, charge: charge ?? nothingTold });
    if (charge !== undefined) this.#untold.add(key);
  }

  /** Lets one go, which may expire then. */
  leave(ref: HoldRef): void {
    this.#live.delete(holdKey(ref));
    this.#untold.delete(holdKey(ref));
  }

  /** Keeps one alive no more that is not held. */
  forget(ref: HoldRef): void {
    this.leave(ref);
    this.#lost.delete(holdKey(ref));
  }

  /** When all leases were last renewed. */
  get keptMs(): number {
    return this.#keptMs;
  }

  /** True when a hold may have been charged without its owner, which stood still or had no way to the store since. */
  mayHaveExpired(ref: HoldRef, keptMs: number): boolean {
    return this.#lost.has(holdKey(ref)) || this.#options.clock() - keptMs > this.patienceMs;
  }

  /** How long a lease is kept at least. */
  get patienceMs(): number {
    return touchesInLease * this.#options.touchMs;
  }

  /** Tells of holds that nothing was told of: such as end within a second are charged by that as well. */
  async tellNews(): Promise<void> {
    const news = [...this.#untold].flatMap((key) => {
      const live = this.#live.get(key);
      const charge = live?.charge();
      if (live === undefined || charge === undefined) return [];
      this.#untold.delete(key);
      return [{ ...live.ref, charge }];
    });
    await this.#touch(news);
  }

  /** To be called each second: tells of those that go on, and of all others, that they are there, as often as it takes. */
  async renew(): Promise<void> {
    const { clock, touchMs } = this.#options;
    // This process may stand still while the store is told.
    const atMs = clock();
    // A store that cannot be reached finds nothing, and those whose leases have run out meanwhile may be settled before it can.
    if (atMs - this.#keptMs > this.patienceMs) for (const key of this.#live.keys()) this.#lost.add(key);
    const isAllTime = atMs - this.#touchedMs >= touchMs;
    if (isAllTime) this.#touchedMs = atMs;
    const told = Array.from(this.#live.values(), ({ ref, charge }) => ({ ...ref, charge: charge() }));
    await this.#touch(isAllTime ? told : told.filter(({ charge }) => charge !== undefined));
    if (isAllTime) this.#keptMs = atMs;
  }

  /** A hold that is lost is settled all the same, which puts its expiry right; and a store may find it again. */
  async #touch(holds: Parameters<LimitStore["touch"]>[0]): Promise<void> {
    for (let at = 0; at < holds.length; at += touchedAtOnce) {
      const lost = await this.#options.limits.touch(holds.slice(at, at + touchedAtOnce));
      for (const ref of lost) this.#lost.add(holdKey(ref));
    }
  }
}

const nothingTold: Charging = () => undefined;
