import { countOf } from "./count-of.ts";
import type { PriceBand, PriceRow, TokenRates } from "./price-row.ts";
import { TokenBill } from "./token-bill.ts";

/** What was used, as far as it costs; the translator's `Usage` fits. The four kinds of input are disjoint. */
export interface PricedUsage {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  /** With reasoning. */
  readonly outputTokens: number;
  readonly webSearchRequests: number;
  /** Service tier, speed and place, as far as the provider says that they were not the usual ones. */
  readonly tiers?: readonly string[] | undefined;
}

/** Money in whole nano-USD; `nanoUsd` is the sum of the parts, each of which is less than one away from its own exact cost. */
export interface Cost {
  readonly nanoUsd: number;
  readonly parts: {
    readonly input: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly output: number;
    /** What is charged by the request and by the search. */
    readonly calls: number;
  };
}

/** What a request cost: exactly, with what is less than a nano-USD of the whole rounded up. */
export function costOf(row: PriceRow, usage: PricedUsage): Cost {
  const input = countOf(usage.inputTokens);
  const read = countOf(usage.cacheReadTokens);
  const write5m = countOf(usage.cacheWrite5mTokens);
  const write1h = countOf(usage.cacheWrite1hTokens);
  const rates = ratesFor(row.bands, input + read + write5m + write1h);
  const bill = new TokenBill(row, usage.tiers);
  const parts = {
    input: bill.add(input, rates.input),
    cacheRead: bill.add(read, rates.cacheRead),
    cacheWrite: bill.add(write5m, rates.cacheWrite5m) + bill.add(write1h, rates.cacheWrite1h),
    output: bill.add(countOf(usage.outputTokens), rates.output),
    calls: callsCost(row, usage.webSearchRequests),
  };
  return { nanoUsd: parts.input + parts.cacheRead + parts.cacheWrite + parts.output + parts.calls, parts };
}

/** What a request costs that makes so many searches, its tokens aside. */
export function callsCost({ perRequestNanoUsd, perWebSearchNanoUsd }: PriceRow, webSearches: number): number {
  return perRequestNanoUsd + perWebSearchNanoUsd * countOf(webSearches, 1_000_000);
}

function ratesFor([first, ...longer]: PriceRow["bands"], inputTokens: number): TokenRates {
  let band: PriceBand = first;
  for (const next of longer) if (inputTokens > next.aboveInputTokens) band = next;
  return band.rates;
}
