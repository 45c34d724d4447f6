import { GovernanceError } from "../errors.ts";
import type { Amounts, Quantity } from "./limit.ts";

/** Amounts together with whether a request counts: 1 for one that runs, 0 for more of it or none. */
export interface Demand extends Amounts {
  readonly requests: 0 | 1;
}

/** Nothing at all. */
export const nothing: Demand = { requests: 0, nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

/** Amounts as a demand. Throws a GovernanceError for what is no whole number from 0 to 2^53 - 1. */
export function demandOf(amounts: Amounts, requests: 0 | 1): Demand {
  const { nanoUsd, inputTokens, outputTokens } = amounts;
  for (const amount of [nanoUsd, inputTokens, outputTokens, inputTokens + outputTokens]) {
    if (!Number.isSafeInteger(amount) || amount < 0) {
      throw new GovernanceError(
        "invalid-reservation",
        `amounts are whole numbers from 0 to ${Number.MAX_SAFE_INTEGER}, not ${JSON.stringify(amounts)} with ${amount}`,
      );
    }
  }
  return { requests, nanoUsd, inputTokens, outputTokens };
}

/** The smaller of two demands of one request, amount by amount. */
export function leastDemand(first: Demand, second: Amounts): Demand {
  return {
    requests: first.requests,
    nanoUsd: Math.min(first.nanoUsd, second.nanoUsd),
    inputTokens: Math.min(first.inputTokens, second.inputTokens),
    outputTokens: Math.min(first.outputTokens, second.outputTokens),
  };
}

/** How much of a quantity a demand is. */
export function quantityIn(demand: Demand, of: Quantity): number {
  return of === "totalTokens" ? demand.inputTokens + demand.outputTokens : demand[of];
}

/** Two demands of one request together. */
export function addDemands(first: Demand, second: Demand): Demand {
  return {
    requests: first.requests === 1 || second.requests === 1 ? 1 : 0,
    nanoUsd: first.nanoUsd + second.nanoUsd,
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
  };
}
