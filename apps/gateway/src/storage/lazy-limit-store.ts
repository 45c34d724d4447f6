import type { LimitStore } from "@drawbridge/governance";

/** A limit store that is opened when it is first needed: a gateway without limits needs none. */
export interface LazyLimitStore {
  readonly store: LimitStore;
  /** Opens it now. Rejects as `open` does, and tries again the next time. */
  open(): Promise<LimitStore>;
  /** Lets go of what was opened. */
  close(): Promise<void>;
}

/** A limit store that `open` gives when it is asked for the first time. */
export function lazyLimitStore(open: () => Promise<LimitStore & { close?(): Promise<void> }>): LazyLimitStore {
  let opening: Promise<LimitStore & { close?(): Promise<void> }> | undefined;
  let closeAhead: LimitStore["closeAhead"];
  let skewMs: LimitStore["skewMs"];
  const openNow = async (): Promise<LimitStore & { close?(): Promise<void> }> => {
    try {
      const store = await open();
      closeAhead = store.closeAhead?.bind(store);
      skewMs = store.skewMs?.bind(store);
      return store;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const opened = (): Promise<LimitStore> => (opening ??= openNow());
  return {
    open: opened,
    async close() {
      const store = await opening?.catch(() => undefined);
      await store?.close?.();
    },
    store: {
      reserve: async (reservation) => (await opened()).reserve(reservation),
      topUp: async (hold, more) => (await opened()).topUp(hold, more),
      settle: async (hold, actual) => (await opened()).settle(hold, actual),
      release: async (hold) => (await opened()).release(hold),
      // What has not been opened has nothing to close.
      get closeAhead() {
        return closeAhead;
      },
      durable: async (hold) => (await opened()).durable(hold),
      hasEnded: async (hold) => (await (await opened()).hasEnded?.(hold)) === true,
      touch: async (holds) => (holds.length === 0 ? [] : (await opened()).touch(holds)),
      // Where nothing was ever held, nothing can have lapsed.
      sweep: async () => (await opening)?.sweep() ?? { lapsed: [], expired: [] },
      usage: async (scope) => (await opened()).usage(scope),
      skewMs: () => skewMs?.() ?? 0,
    },
  };
}
