import type { FaultKind } from "../faults/fault.ts";
import type { BillRow } from "../provider/bill.ts";

/** One line of the gateway's book, as far as money goes. */
export interface BookRow {
  /** Names the client's request. */
  readonly label: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly kind: "open" | "close" | "void" | "expire" | "adjust";
  readonly nanoUsd: number;
  /** How well it is known: `final` is the provider's own count. */
  readonly source: "final" | "partial" | "estimated";
  /** How the attempt ended, in the gateway's words. */
  readonly outcome: string;
  /** What was read and written, as far as the row tells. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly key: string;
}

/** What a limit has counted. */
export interface Counted {
  readonly usedNanoUsd: number;
  readonly heldNanoUsd: number;
}

/** How a limit stood when everything was over: as PostgreSQL remembers it, and as Redis has counted it. */
export interface LimitState extends Counted {
  readonly scope: string;
  /** Names of the keys whose requests count in it. */
  readonly keys: readonly string[];
  readonly limitNanoUsd: number;
  readonly counted: Counted;
}

/** How a request ended for its client. */
export interface Outcome {
  readonly label: string;
  readonly key: string;
  readonly kind:
    | "answered"
    | "broken"
    | "refused"
    | "unavailable"
    | "aborted"
    | "disconnected"
    | "hung"
    | "unexplained";
  readonly told: string;
}

/** What was done to the world, a client that left, or an answer that failed at the provider. */
export type CommittedFault = FaultKind | "client left" | "provider failed";

/** All that is known when a campaign is over. */
export interface Evidence {
  readonly bill: readonly BillRow[];
  readonly book: readonly BookRow[];
  readonly limits: readonly LimitState[];
  readonly outcomes: readonly Outcome[];
  /** Names of the keys that hold by slices: what is held for an answer grows after it was opened. */
  readonly slicedKeys: readonly string[];
  readonly faults: readonly CommittedFault[];
  /** Gateways that ended without having been told to, and what they said last. */
  readonly collapses: readonly string[];
  /** What gateways have logged that only a defect can lead to. */
  readonly alarms: readonly string[];
}
