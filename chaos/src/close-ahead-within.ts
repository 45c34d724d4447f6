import type { MoneyStores } from "@drawbridge/gateway/start-gateway";

type Limits = MoneyStores["limits"];

/** What does a step of a store, or gets in its way. */
export type Within = <T>(work: () => Promise<T>) => Promise<T>;

/** A store's `closeAhead` with `within` around it; undefined as long as the store has none, which it gets when it is opened. */
export function closeAheadWithin({ closeAhead }: Limits, within: Within): Limits["closeAhead"] {
  return closeAhead && ((...of) => within(() => closeAhead(...of)));
}
