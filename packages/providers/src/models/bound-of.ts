import { countOf } from "./count-of.ts";
import { callsCost, thousandthsOf, tokenCost } from "./cost-of.ts";
import type { PriceRow } from "./price-row.ts";

/** The most that a request can use. */
export interface UsageBound {
  /** All kinds of input together. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly webSearchRequests?: number;
  /** The service tier, the speed and the place that are asked for. */
  readonly tiers?: readonly string[] | undefined;
}

/** What rounding up the four kinds of input one by one can add to their sum. */
const rounding = 4;

/**
 * The most that a request within these bounds can cost, however its input is split between fresh, read from a cache and
 * written to one, and whichever price band that brings it to: whole nano-USD, and no less for a larger bound. A price
 * that changes while the request runs is not known to this row: take the greater bound of the rows at both ends.
 */
export function boundOf(row: PriceRow, most: UsageBound): number {
  const inputTokens = countOf(most.inputTokens);
  const thousandths = thousandthsOf(row, most.tiers);
  let dearestInput = 0;
  let dearestOutput = 0;
  for (const { aboveInputTokens, rates } of row.bands) {
    if (inputTokens <= aboveInputTokens) break;
    const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = rates;
    dearestInput = Math.max(dearestInput, input, cacheRead, cacheWrite5m, cacheWrite1h);
    dearestOutput = Math.max(dearestOutput, output);
  }
  const tokens =
    tokenCost(inputTokens, dearestInput, thousandths) +
    tokenCost(countOf(most.outputTokens), dearestOutput, thousandths);
  const calls = callsCost(row, most.webSearchRequests ?? 0);
  return tokens === 0 ? calls : tokens + rounding + calls;
}
