import { isGovernanceError } from "../errors.ts";
import { holdKey, type HoldRef } from "./hold-ref.ts";
import { limitScope, type LimitScope } from "./limit-scope.ts";
import type { LimitStore, Reservation, ReserveResult } from "./limit-store.ts";
import { memoryLimitStore, type MemoryLimitStoreOptions } from "./memory-limit-store.ts";

/** What a store needs that goes on by itself for a while. */
export interface LocalRatesOptions extends MemoryLimitStoreOptions {
  /** The store that all processes share. */
  readonly shared: LimitStore;
  /** Whether it has been given up: one that is late for once, or being filled, is not replaced. */
  readonly isAway: () => boolean;
  /** How many processes share it now. */
  readonly replicas: () => number;
}

/**
 * A {@link LimitStore} that keeps requests within their rates in this process, each limit divided by the number of
 * processes, while the shared store is away. What has a limit on money is not let through then: `reserve` rejects
 * with the `store-unavailable` of the shared store.
 */
export function withLocalRates({ shared, isAway, replicas, ...options }: LocalRatesOptions): LimitStore {
  const local = memoryLimitStore(options);
  const holds = new Set<string>();
  const storeOf = (hold: HoldRef): LimitStore => (holds.has(holdKey(hold)) ? local : shared);
  const isReplaced = (error: unknown): boolean => {
    return isAway() && isGovernanceError(error) && error.code === "store-unavailable";
  };
  const reserveHere = async (reservation: Reservation): Promise<ReserveResult> => {
    const scopes = reservation.scopes.map((scope) => shareOfScope(scope, Math.max(1, replicas())));
    const result = await local.reserve({ ...reservation, scopes });
    if (result.outcome === "held") holds.add(holdKey(reservation));
    return result;
  };
  const end = (hold: HoldRef): LimitStore => {
    const store = storeOf(hold);
    holds.delete(holdKey(hold));
    return store;
  };
  const closeAhead: LimitStore["closeAhead"] = (hold, actual, accounted) => {
    const store = end(hold);
    if (store.closeAhead !== undefined) return store.closeAhead(hold, actual, accounted);
    return actual === undefined ? store.release(hold) : store.settle(hold, actual);
  };
  return {
    reserve: async (reservation) => {
      try {
        return await shared.reserve(reservation);
      } catch (error) {
        if (!isReplaced(error) || reservation.scopes.some(limitsMoney)) throw error;
        return reserveHere(reservation);
      }
    },
    topUp: (hold, more) => storeOf(hold).topUp(hold, more),
    settle: (hold, actual) => end(hold).settle(hold, actual),
    release: (hold) => end(hold).release(hold),
    closeAhead: shared.closeAhead && closeAhead,
    durable: (hold) => storeOf(hold).durable(hold),
    hasEnded: shared.hasEnded?.bind(shared),
    touch: async (refs) => {
      const { here = [], there = [] } = Object.groupBy(refs, (hold) => (holds.has(holdKey(hold)) ? "here" : "there"));
      return [...(await local.touch(here)), ...(there.length > 0 ? await shared.touch(there) : [])];
    },
    sweep: async () => {
      const [mine, theirs] = [await local.sweep(), await shared.sweep()];
      for (const hold of mine.expired) holds.delete(holdKey(hold));
      return { lapsed: [...mine.lapsed, ...theirs.lapsed], expired: [...mine.expired, ...theirs.expired] };
    },
    skewMs: () => shared.skewMs?.() ?? 0,
    usage: async (scope) => {
      try {
        return await shared.usage(scope);
      } catch (error) {
        if (!isReplaced(error) || limitsMoney(scope)) throw error;
        return local.usage(shareOfScope(scope, Math.max(1, replicas())));
      }
    },
  };
}

function limitsMoney({ rules }: LimitScope): boolean {
  return rules.some(({ limit }) => limit.of === "nanoUsd" && limit.window.kind !== "request");
}

/** One of several equal parts of a scope's limits. A limit is not divided below one, and that of a request not at all. */
function shareOfScope({ id, partition, rules }: LimitScope, parts: number): LimitScope {
  const limits = rules.map(({ limit }) => {
    if (limit.window.kind === "request" || limit.amount === 0) return limit;
    return { ...limit, amount: Math.max(1, Math.floor(limit.amount / parts)) };
  });
  return limitScope({ id, partition, limits });
}
