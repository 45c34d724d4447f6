import type { TokenRates } from "./price-row.ts";

/** Rates as a price list gives them: those of caches may be missing. */
export type KnownRates = Pick<TokenRates, "input" | "output"> & {
  readonly [Rate in "cacheRead" | "cacheWrite5m" | "cacheWrite1h"]?: number | undefined;
};

/**
 * Rates with those of caches filled in, so that nothing is free by omission: what is not said costs as much as fresh
 * input, and a write for an hour twice that where a write has a price at all. Source: Anthropic docs, "Prompt caching".
 */
export function fillRates({ input, output, cacheRead = input, cacheWrite5m, cacheWrite1h }: KnownRates): TokenRates {
  return {
    input,
    cacheRead,
    cacheWrite5m: cacheWrite5m ?? input,
    cacheWrite1h: cacheWrite1h ?? (cacheWrite5m === undefined ? input : Math.max(cacheWrite5m, 2 * input)),
    output,
  };
}
