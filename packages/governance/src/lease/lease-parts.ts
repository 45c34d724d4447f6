import type { LimitStore } from "../limits/limit-store.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { OutputHistory } from "./output-history.ts";
import type { Standings } from "./standings.ts";

/** What all leases of one governance share. */
export interface LeaseParts {
  readonly limits: LimitStore;
  readonly keeper: LeaseKeeper;
  readonly history: OutputHistory;
  readonly standings: Standings;
  /** Milliseconds since 1970, by the time of the limits as far as that is known. */
  readonly clock: () => number;
  /** The name of this gateway in the book. */
  readonly replica: string;
}
