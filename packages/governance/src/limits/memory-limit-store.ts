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
    topUp: async (id, more) => ledger.topUp(id, more, clock()),
    settle: async (id, actual) => ledger.close(id, actual, clock()),
    release: async (id) => ledger.close(id, undefined, clock()),
    touch: async (ids) => ledger.touch(ids, clock()),
    sweep: async () => ledger.sweep(clock()),
    usage: async (scope) => ledger.usage(scope, clock()),
  };
}
