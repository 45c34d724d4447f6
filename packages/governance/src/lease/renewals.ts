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
/** How often it is told how far requests are. */
const toldMs = 1_000;
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
  /** When it was last told how far all requests are. */
  #toldMs = 0;
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

  /** True where something is to be told. */
  get hasNews(): boolean {
    return this.#untold.size > 0 || (this.#live.size > 0 && this.#isTime);
  }

  get #isTime(): boolean {
    return this.#isPast(this.#toldMs, toldMs);
  }

  /** Keeps a hold alive and tells of it what `charge` says: soon, unless that was told when it was held. */
  watch(ref: HoldRef, charge: Charging, isTold: boolean): void {
    const key = holdKey(ref);
    this.#live.set(key, { ref, charge });
    if (!isTold) this.#untold.add(key);
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

  /**
   * True when a hold may have been charged without its owner, which stood still or had no way to the store since. A clock that was
   * set back says nothing of how long that was.
   */
  mayHaveExpired(ref: HoldRef, keptMs: number): boolean {
    return this.#lost.has(holdKey(ref)) || this.#isPast(keptMs, this.patienceMs);
  }

  /** How long a lease is kept at least. */
  get patienceMs(): number {
    return touchesInLease * this.#options.touchMs;
  }

  /**
   * To be called some times a second: tells how far requests are of which nothing was told yet, so that such as end within a
   * second are charged by that as well, and of all of them each second. What fails is told the next time.
   */
  async tell(): Promise<void> {
    const isTime = this.#isTime;
    const atMs = this.#options.clock();
    const keys = isTime ? [...this.#live.keys()] : [...this.#untold];
    const told = keys.flatMap((key) => {
      const live = this.#live.get(key);
      const charge = live?.charge();
      return live === undefined || charge === undefined ? [] : [{ key, ref: { ...live.ref, charge } }];
    });
    await this.#touch(told.map(({ ref }) => ref));
    for (const { key } of told) this.#untold.delete(key);
    if (isTime) this.#toldMs = atMs;
  }

  /** To be called each second: renews all leases as often as it takes, and tells what is to be told. */
  async renew(): Promise<void> {
    const { clock, touchMs } = this.#options;
    // This process may stand still while the store is told.
    const atMs = clock();
    // A store that cannot be reached finds nothing, and those whose leases have run out meanwhile may be settled before it can.
    if (this.#isPast(this.#keptMs, this.patienceMs)) for (const key of this.#live.keys()) this.#lost.add(key);
    if (!this.#isPast(this.#touchedMs, touchMs)) return this.hasNews ? this.tell() : undefined;
    this.#touchedMs = atMs;
    const all = Array.from(this.#live, ([key, { ref, charge }]) => ({ key, ref: { ...ref, charge: charge() } }));
    await this.#touch(all.map(({ ref }) => ref));
    for (const { key, ref } of all) if (ref.charge !== undefined) this.#untold.delete(key);
    this.#toldMs = atMs;
    this.#keptMs = atMs;
  }

  /** A clock that is set back is no reason to wait. */
  #isPast(sinceMs: number, ms: number): boolean {
    return Math.abs(this.#options.clock() - sinceMs) >= ms;
  }

  /** A hold that is lost is settled all the same, which puts its expiry right; and a store may find it again. */
  async #touch(holds: Parameters<LimitStore["touch"]>[0]): Promise<void> {
    for (let at = 0; at < holds.length; at += touchedAtOnce) {
      const lost = await this.#options.limits.touch(holds.slice(at, at + touchedAtOnce));
      for (const ref of lost) this.#lost.add(holdKey(ref));
    }
  }
}
