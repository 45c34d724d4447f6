import type { PriceRow } from "./price-row.ts";

/** The price of what costs nothing: models on one's own machine, and gifts. */
export const freeRow: PriceRow = {
  bands: [{ aboveInputTokens: -1, rates: { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 } }],
  perRequestNanoUsd: 0,
  perWebSearchNanoUsd: 0,
  serviceTiers: {},
};
