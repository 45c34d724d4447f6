import type { LimitBook } from "../limits/limit-book.ts";

/** A book that can be slow, or away. */
export interface HinderedBook extends LimitBook {
  /** How long it takes until records arrive; questions are answered at once. */
  delayMs: number;
  /** Lets records arrive only when it is told to go on. */
  stop(): { goOn(): void };
  /** Whether each call fails. */
  isAway: boolean;
  /** Ends calls after they have done their work, but with an error, as often as told. */
  answersLost: number;
}

/** Stands between a store and its book. */
export function hinderedBook(book: LimitBook): HinderedBook {
  async function hindered<Result>(call: () => Promise<Result>): Promise<Result> {
    if (state.isAway) throw new Error("the book is away");
    const result = await call();
    if (state.answersLost === 0) return result;
    state.answersLost -= 1;
    throw new Error("the book has not answered");
  }
  let standing = Promise.resolve();
  const state: HinderedBook = {
    delayMs: 0,
    stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      standing = promise;
      return { goOn: resolve };
    },
    isAway: false,
    answersLost: 0,
    apply: async (records) => {
      if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
      await standing;
      return hindered(() => book.apply(records));
    },
    epochs: (partitions) => hindered(() => book.epochs(partitions)),
    load: (partition) => hindered(() => book.load(partition)),
    seed: (from) => hindered(() => book.seed(from)),
    overdue: (beforeMs) => hindered(() => book.overdue(beforeMs)),
    ended: (partition, ids) => hindered(() => book.ended(partition, ids)),
    closedAfter: (partition, seq) => hindered(() => book.closedAfter(partition, seq)),
  };
  return state;
}
