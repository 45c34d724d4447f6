import { type Demand, quantityIn } from "./demand.ts";
import type { HoldRef } from "./hold-ref.ts";
import type { Amounts, LimitWindow, Quantity } from "./limit.ts";

/** A limit that a hold counts in, and where: all that is needed to count again without the configuration. */
export interface HeldLimit {
  /** Of the limit's rule: its scope, quantity and window. */
  readonly meter: string;
  readonly of: Quantity;
  readonly window: LimitWindow["kind"];
  /** What the limit was when the hold began. */
  readonly amount: number;
  /** The slot that the hold counts in, from `startMs` on; 0 where time makes no slots. */
  readonly startMs: number;
  /** From here on the slot counts no more; undefined where it always does. */
  readonly endMs: number | undefined;
}

/**
 * What has become of a hold: after each step, the whole of it. Two records of a hold are merged in any order, so a
 * record can be told twice, late, or after its successors.
 */
export interface HoldRecord extends Required<HoldRef> {
  readonly state: "held" | "lapsed" | "expired" | "closed";
  /** When it came to this, in ms since 1970 by the clock of the store that decided. */
  readonly atMs: number;
  /** The place among all steps of its partition; 0 for one that the deciding store has not seen. */
  readonly seq: number;
  /** The most that it may take. */
  readonly demand: Amounts;
  /**
   * What a closed one took; `requests` is 0 for one that was released. What an expired one was charged with, which is its
   * demand where that is not said.
   */
  readonly used: Demand | undefined;
  readonly limits: readonly HeldLimit[];
}

/** What a hold takes from one of its limits. */
export interface HoldShare {
  readonly settled: number;
  readonly held: number;
}

const ranks: Readonly<Record<HoldRecord["state"], number>> = { held: 0, lapsed: 1, expired: 2, closed: 3 };

/**
 * Two records of one hold as one: the state that comes later, the larger demand, the larger charge. What was closed stays as
 * it was.
 */
export function mergeHolds(first: HoldRecord, second: HoldRecord): HoldRecord {
  const later = ranks[second.state] > ranks[first.state] ? second : first;
  return {
    ...later,
    used: first.state === "expired" && second.state === "expired" ? largerCharge(first, second) : later.used,
    seq: Math.max(first.seq, second.seq),
    demand: {
      nanoUsd: Math.max(first.demand.nanoUsd, second.demand.nanoUsd),
      inputTokens: Math.max(first.demand.inputTokens, second.demand.inputTokens),
      outputTokens: Math.max(first.demand.outputTokens, second.demand.outputTokens),
    },
  };
}

/** What a hold that has expired was charged with. */
export function chargeOf({ used, demand }: HoldRecord): Demand {
  return used ?? { ...demand, requests: 1 };
}

function largerCharge(first: HoldRecord, second: HoldRecord): Demand | undefined {
  if (first.used === undefined || second.used === undefined) return undefined;
  return {
    requests: 1,
    nanoUsd: Math.max(first.used.nanoUsd, second.used.nanoUsd),
    inputTokens: Math.max(first.used.inputTokens, second.used.inputTokens),
    outputTokens: Math.max(first.used.outputTokens, second.used.outputTokens),
  };
}

/** What a hold takes from one of its limits, as it stands. */
export function shareOf(hold: HoldRecord, { of, window }: HeldLimit): HoldShare {
  const { state, demand, used } = hold;
  if (window === "request") return { settled: 0, held: 0 };
  const isParallel = window === "parallel";
  const whole = quantityIn({ ...demand, requests: 1 }, of);
  switch (state) {
    case "held":
      return { settled: 0, held: whole };
    case "lapsed":
      return { settled: 0, held: isParallel ? 0 : whole };
    case "expired":
      return { settled: isParallel ? 0 : quantityIn(chargeOf(hold), of), held: 0 };
    case "closed":
      return { settled: isParallel || used === undefined ? 0 : quantityIn(used, of), held: 0 };
  }
}
