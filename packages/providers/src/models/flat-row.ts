import { fillRates, type KnownRates } from "./fill-rates.ts";
import type { PriceRow } from "./price-row.ts";

/** The row of a model that costs the same for every length of input, in every service tier. Rates are nano-USD per million. */
export function flatRow(rates: KnownRates, perWebSearchNanoUsd = 0): PriceRow {
  return {
    bands: [{ aboveInputTokens: -1, rates: fillRates(rates) }],
    perRequestNanoUsd: 0,
    perWebSearchNanoUsd,
    tiers: {},
  };
}
