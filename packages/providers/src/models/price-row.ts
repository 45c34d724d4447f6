/** Prices of the tokens of one request, in nano-USD per million tokens: whole numbers, as a token may cost less than one. */
export interface TokenRates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Reasoning is output. */
  readonly output: number;
}

/** Rates from some length of input on; they hold for every token of such a request, not only for those above. */
export interface PriceBand {
  /** The band begins where a request has more input tokens than this, cached ones included; -1 for the first. */
  readonly aboveInputTokens: number;
  readonly rates: TokenRates;
}

/** What a model costs. Money is whole nano-USD throughout. */
export interface PriceRow {
  /** In rising order, the first for the shortest inputs. */
  readonly bands: readonly [PriceBand, ...PriceBand[]];
  /** For each request, whatever its length. */
  readonly perRequestNanoUsd: number;
  /** For each search of the web that the provider makes. */
  readonly perWebSearchNanoUsd: number;
  /** What tokens cost in the provider's other tiers, by its own words for them, in thousandths of the usual; at most 10,000. */
  readonly tiers: Readonly<Record<string, number>>;
}
