import { setTimeout as pause } from "node:timers/promises";
import type { MoneyStores } from "@drawbridge/gateway/start-gateway";
import type { Chance } from "../chance.ts";
import { closeAheadWithin } from "../close-ahead-within.ts";

/** When stores are unruly, and how. */
export interface Unruliness {
  readonly isUnruly: () => boolean;
  readonly chance: Chance;
}

type Disorder = "none" | "twice" | "repeated" | "late" | "swapped";

/** How long what is to be swapped waits for something to be swapped with. */
const swapWithinMs = 500;

/**
 * Stores that are told what has ended as an unreliable network tells it, now and then: the same twice at once, again after
 * a while, late, or behind what came after it. None of it may change what is counted.
 */
export function unrulyStores({ limits, book }: MoneyStores, { isUnruly, chance }: Unruliness): MoneyStores {
  let parked: (() => void) | undefined;
  const swapped = async <T>(work: () => Promise<T>): Promise<T> => {
    const other = parked;
    if (other === undefined) {
      const turn = Promise.withResolvers<void>();
      parked = turn.resolve;
      await Promise.race([turn.promise, pause(swapWithinMs)]);
      if (parked === turn.resolve) parked = undefined;
      return work();
    }
    parked = undefined;
    return work().finally(other);
  };
  const disordered = async <T>(work: () => Promise<T>): Promise<T> => {
    switch (isUnruly() ? chance.pick(disorders) : "none") {
      case "twice": {
        const again = work();
        again.catch(() => undefined);
        return work();
      }
      case "repeated":
        void pause(chance.between(1, 2_000))
          .then(work)
          .catch(() => undefined);
        return work();
      case "late":
        await pause(chance.between(1, 1_500));
        return work();
      case "swapped":
        return swapped(work);
      case "none":
        return work();
    }
  };
  return {
    limits: {
      ...limits,
      get closeAhead() {
        return closeAheadWithin(limits, disordered);
      },
      settle: (hold, actual) => disordered(() => limits.settle(hold, actual)),
      release: (hold) => disordered(() => limits.release(hold)),
    },
    book: book && { ...book, append: (entries) => disordered(() => book.append(entries)) },
  };
}

const disorders: readonly (readonly [Disorder, number])[] = [
  ["none", 2],
  ["twice", 2],
  ["repeated", 2],
  ["late", 2],
  ["swapped", 2],
];
