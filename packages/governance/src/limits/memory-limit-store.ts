import { LimitLedger } from "./limit-ledger.ts";
import type { LeaseSettings, LimitStore } from "./limit-store.ts";

/** What a store in memory needs. */
export interface MemoryLimitStoreOptions extends LeaseSettings {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** A {@link LimitStore} of one process, that begins with nothing used and ends with the process. */
export function memoryLimitStore({ clock, ...leases }: MemoryLimitStoreOptions): LimitStore {
  const ledger = new LimitLedger(leases);
  return {
    reserve: async (reservation) => ledger.reserve(reservation, clock()),
    topUp: async (hold, more) => ledger.topUp(hold, more, clock()),
    settle: async (hold, actual) => ledger.close(hold, actual, clock()),
    release: async (hold) => ledger.close(hold, undefined, clock()),
    durable: async () => {},
    touch: async (holds) => ledger.touch(holds, clock()),
    sweep: async () => ledger.sweep(clock()),
    usage: async (scope) => ledger.usage(scope, clock()),
  };
}
