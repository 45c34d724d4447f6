import { countOf } from "./count-of.ts";
import type { PriceBand, PriceRow, TokenRates } from "./price-row.ts";
import { shareOf } from "./share-of.ts";

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

/** Money in whole nano-USD; `nanoUsd` is the sum of the parts. */
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

/** What a request cost. Each part is rounded up: the whole is never below the exact cost and a few nano-USD above. */
export function costOf(row: PriceRow, usage: PricedUsage): Cost {
  const input = countOf(usage.inputTokens);
  const read = countOf(usage.cacheReadTokens);
  const write5m = countOf(usage.cacheWrite5mTokens);
  const write1h = countOf(usage.cacheWrite1hTokens);
  const rates = ratesFor(row.bands, input + read + write5m + write1h);
  const thousandths = thousandthsOf(row, usage.tiers);
  const cost = (tokens: number, rate: number): number => tokenCost(tokens, rate, thousandths);
  const parts = {
    input: cost(input, rates.input),
    cacheRead: cost(read, rates.cacheRead),
    cacheWrite: cost(write5m, rates.cacheWrite5m) + cost(write1h, rates.cacheWrite1h),
    output: cost(countOf(usage.outputTokens), rates.output),
    calls: callsCost(row, usage.webSearchRequests),
  };
  return { nanoUsd: parts.input + parts.cacheRead + parts.cacheWrite + parts.output + parts.calls, parts };
}

/** What so many tokens cost at a rate per million of them, in tiers that cost so many thousandths of it. */
export function tokenCost(tokens: number, rate: number, thousandths: number): number {
  return shareOf(thousandths === 1_000 ? rate : shareOf(rate, thousandths, 1_000), tokens, 1_000_000);
}

/** What a request costs that makes so many searches, its tokens aside. */
export function callsCost({ perRequestNanoUsd, perWebSearchNanoUsd }: PriceRow, webSearches: number): number {
  return perRequestNanoUsd + perWebSearchNanoUsd * countOf(webSearches, 1_000_000);
}

/** How many thousandths of its usual price a model costs in such tiers together; an unknown one changes nothing. */
export function thousandthsOf({ tiers }: PriceRow, names: readonly string[] = []): number {
  let thousandths = 1_000;
  for (const name of new Set(names)) {
    if (Object.hasOwn(tiers, name)) thousandths = shareOf(thousandths, tiers[name] ?? 1_000, 1_000);
  }
  return thousandths;
}

function ratesFor([first, ...longer]: PriceRow["bands"], inputTokens: number): TokenRates {
  let band: PriceBand = first;
  for (const next of longer) if (inputTokens > next.aboveInputTokens) band = next;
  return band.rates;
}
