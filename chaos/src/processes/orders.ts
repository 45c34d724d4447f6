import { readFileSync, watchFile, writeFileSync } from "node:fs";
import type { CrashPointName } from "../crash/crash-point.ts";

/** What a campaign wants of a replica while it runs. */
export interface Orders {
  /** By how much its clock is to be wrong. */
  readonly skewMs: number;
  /** Whether what it tells its stores is to come twice, late, or in another order. */
  readonly isUnruly: boolean;
  /** Where it is to be killed as soon as a request is there. */
  readonly crashAt?: CrashPointName;
}

/** Nothing out of the ordinary. */
export const noOrders: Orders = { skewMs: 0, isUnruly: false };

/** Gives orders to a replica, in a file that it looks into. */
export function giveOrders(path: string, orders: Orders): void {
  writeFileSync(path, JSON.stringify(orders));
}

/** The orders in a file as they stand, a tenth of a second old at most. */
export function followOrders(path: string): () => Orders {
  let orders = noOrders;
  const read = (): void => {
    try {
      // What the campaign itself has written; half of it while it writes.
      const told: Orders = JSON.parse(readFileSync(path, "utf8"));
      orders = told;
    } catch {
      // The next look finds all of it.
    }
  };
  read();
  watchFile(path, { interval: 100, persistent: false }, read);
  return () => orders;
}
