import { countOf } from "./count-of.ts";
import { callsCost } from "./cost-of.ts";
import type { PriceRow } from "./price-row.ts";
import { TokenBill } from "./token-bill.ts";

/** The most that a request can use. */
export interface UsageBound {
  /** All kinds of input together. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly webSearchRequests?: number;
  /** The service tier, the speed and the place that are asked for. */
  readonly tiers?: readonly string[] | undefined;
}

/**
 * The most that a request within these bounds can cost, however its input is split between fresh, read from a cache and
 * written to one, and whichever price band that brings it to: whole nano-USD, and no less for a larger bound. A price
 * that changes while the request runs is not known to this row: take the greater bound of the rows at both ends.
 */
export function boundOf(row: PriceRow, most: UsageBound): number {
  const inputTokens = countOf(most.inputTokens);
  let dearestInput = 0;
  let dearestOutput = 0;
  for (const { aboveInputTokens, rates } of row.bands) {
    if (inputTokens <= aboveInputTokens) break;
    const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = rates;
    dearestInput = Math.max(dearestInput, input, cacheRead, cacheWrite5m, cacheWrite1h);
    dearestOutput = Math.max(dearestOutput, output);
  }
  const bill = new TokenBill(row, most.tiers);
  const tokens = bill.add(inputTokens, dearestInput) + bill.add(countOf(most.outputTokens), dearestOutput);
  return tokens + callsCost(row, most.webSearchRequests ?? 0);
}
