import type { ModelPrice } from "@pydantic/genai-prices";
import { fillRates } from "./fill-rates.ts";
import type { PriceBand, PriceRow } from "./price-row.ts";

/** Above it, in USD per million tokens, a price is taken for a mistake. */
const dearestUsd = 1_000;

/**
 * The row of a model as `@pydantic/genai-prices` lists it. Undefined when the list does not say what input and output
 * cost: a model without a price is not free.
 */
export function rowOfListed(listed: ModelPrice, tiers: PriceRow["tiers"]): PriceRow | undefined {
  const [first, ...longer] = [-1, ...tierStarts(listed)].map((aboveInputTokens) => bandOf(listed, aboveInputTokens));
  if (first === undefined || longer.includes(undefined)) return undefined;
  return {
    bands: [first, ...longer.filter((band) => band !== undefined)],
    perRequestNanoUsd: eachOf(listed["requests_kcount"]),
    perWebSearchNanoUsd: eachOf(listed["web_searches_kcount"]),
    tiers,
  };
}

function tierStarts(listed: ModelPrice): readonly number[] {
  const starts = Object.values(listed).flatMap((price) =>
    typeof price === "object" ? price.tiers.map(({ start }) => start) : [],
  );
  return [...new Set(starts)].sort((a, b) => a - b);
}

function bandOf(listed: ModelPrice, aboveInputTokens: number): PriceBand | undefined {
  const at = (key: string): number | undefined => rateAt(listed[key], aboveInputTokens + 1);
  const input = at("input_mtok");
  const output = at("output_mtok");
  if (input === undefined || output === undefined) return undefined;
  const rates = fillRates({
    input,
    output,
    cacheRead: at("cache_read_mtok"),
    cacheWrite5m: at("cache_write_5m_mtok") ?? at("cache_write_mtok"),
    cacheWrite1h: at("cache_write_1h_mtok"),
  });
  return { aboveInputTokens, rates };
}

/** A rate in nano-USD per million tokens for a request with so many input tokens. */
function rateAt(price: ModelPrice[string], inputTokens: number): number | undefined {
  if (price === undefined) return undefined;
  const usd =
    typeof price === "number" ? price : (price.tiers.findLast(({ start }) => inputTokens > start)?.price ?? price.base);
  return usd >= 0 && usd <= dearestUsd ? Math.round(usd * 1_000_000_000) : undefined;
}

/** What one costs of what is listed in USD per thousand. */
function eachOf(price: ModelPrice[string]): number {
  const usd = price === undefined ? 0 : (rateAt(price, 0) ?? 0) / 1_000_000_000;
  return Math.round(usd * 1_000_000);
}
