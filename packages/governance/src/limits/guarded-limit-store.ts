import { Breaker, type BreakerChange } from "./breaker.ts";
import type { LimitStore } from "./limit-store.ts";

/** What guarding a store needs. */
export interface GuardedLimitStoreOptions {
  readonly store: LimitStore;
  /** What it is, for people, like `PostgreSQL`. */
  readonly title: string;
  /** How long it may say nothing to anybody; 100 unless told. */
  readonly timeoutMs?: number;
  /** Resolves when it answers. */
  readonly probe: () => Promise<unknown>;
  /** Told once when it is given up, and that it is back. */
  readonly onChange?: ((change: BreakerChange) => void) | undefined;
}

/** A guarded store, until it is closed. */
export interface GuardedLimitStore extends LimitStore {
  /** True from when it was given up until it answers. */
  readonly isAway: boolean;
  /** Asks no more whether it is back. */
  close(): Promise<void>;
}

/**
 * A {@link LimitStore} that nobody waits for once it is silent: all but `sweep` reject with `store-unavailable` then, within
 * `timeoutMs`. One that answers others is waited for, as steps of one partition come one after the other.
 */
export function guardedLimitStore(options: GuardedLimitStoreOptions): GuardedLimitStore {
  const { store, title, timeoutMs = 100, probe, onChange = () => undefined } = options;
  const breaker = new Breaker({ title, timeoutMs, mayBeBusy: true, probe, onChange });
  return {
    get isAway() {
      return breaker.isOpen;
    },
    reserve: (reservation) => breaker.run(() => store.reserve(reservation)),
    topUp: (hold, more) => breaker.run(() => store.topUp(hold, more)),
    settle: (hold, actual) => breaker.run(() => store.settle(hold, actual)),
    release: (hold) => breaker.run(() => store.release(hold)),
    durable: (hold) => store.durable(hold),
    hasEnded: store.hasEnded && ((hold) => breaker.run(async () => (await store.hasEnded?.(hold)) === true)),
    touch: (holds) => (holds.length === 0 ? Promise.resolve([]) : breaker.run(() => store.touch(holds))),
    sweep: async () => (breaker.isOpen ? { lapsed: [], expired: [] } : store.sweep()),
    usage: (scope) => breaker.run(() => store.usage(scope)),
    skewMs: () => store.skewMs?.() ?? 0,
    close: () => Promise.resolve(breaker.close()),
  };
}
