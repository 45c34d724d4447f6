import type { LimitStore } from "@drawbridge/governance";

/** A limit store that is opened when it is first used: a gateway without limits keeps no file. */
export interface LazyLimitStore extends LimitStore {
  /** Closes it if it was opened. */
  close(): Promise<void>;
}

/** A store over one that `open` gives. An opening that fails is tried again at the next use. */
export function lazyLimitStore(open: () => Promise<LimitStore & { close(): Promise<void> }>): LazyLimitStore {
  let opened: ReturnType<typeof open> | undefined;
  const store = (): ReturnType<typeof open> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    reserve: async (reservation) => (await store()).reserve(reservation),
    topUp: async (hold, more) => (await store()).topUp(hold, more),
    settle: async (hold, actual) => (await store()).settle(hold, actual),
    release: async (hold) => (await store()).release(hold),
    durable: async (hold) => (await store()).durable(hold),
    touch: async (holds) => (await store()).touch(holds),
    // Nothing can lapse that was never held here; what an earlier process left is found when the first request comes.
    sweep: async () => (opened === undefined ? { lapsed: [], expired: [] } : (await opened).sweep()),
    usage: async (scope) => (await store()).usage(scope),
    close: async () => {
      await (await opened)?.close();
    },
  };
}
