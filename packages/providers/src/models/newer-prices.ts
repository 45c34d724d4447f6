import type { ModelInfo, ModelPrice } from "@pydantic/genai-prices";

/** Claude Haiku 5.5 costs more for every token of a request with a longer prompt than this. */
const haikuTier = 100_000;
/** OpenAI: "for requests with more than 272K input tokens, … for the full request". */
const openaiTier = 272_000;

function tiered(start: number, base: number, price: number): ModelPrice[string] {
  return { base, tiers: [{ start, price }] };
}

const haiku55: ModelPrice = {
  input_mtok: tiered(haikuTier, 0.1, 0.5),
  cache_read_mtok: tiered(haikuTier, 0.01, 0.05),
  cache_write_mtok: tiered(haikuTier, 0.125, 0.625),
  cache_write_1h_mtok: tiered(haikuTier, 0.2, 1),
  output_mtok: tiered(haikuTier, 0.5, 2.5),
  web_searches_kcount: 10,
};

function sonnet55(cacheRead: number): ModelPrice {
  return {
    input_mtok: 2,
    cache_read_mtok: cacheRead,
    cache_write_mtok: 2.5,
    cache_write_1h_mtok: 4,
    output_mtok: 10,
    web_searches_kcount: 10,
  };
}

const gpt62Sol: ModelPrice = {
  input_mtok: tiered(openaiTier, 2, 4),
  cache_read_mtok: tiered(openaiTier, 0.1, 0.2),
  cache_write_mtok: tiered(openaiTier, 2.5, 5),
  output_mtok: tiered(openaiTier, 10, 15),
  web_searches_kcount: 10,
};

const claude: readonly ModelInfo[] = [
  { id: "claude-haiku-5-5", match: { starts_with: "claude-haiku-5-5" }, prices: haiku55 },
  {
    id: "claude-sonnet-5-5",
    match: { starts_with: "claude-sonnet-5-5" },
    prices: [
      { prices: sonnet55(0.2) },
      { constraint: { type: "start_date", start_date: "2026-10-07" }, prices: sonnet55(0.1) },
    ],
  },
];

const gpt: readonly ModelInfo[] = [{ id: "gpt-6.2-sol", match: { equals: "gpt-6.2-sol" }, prices: gpt62Sol }];

const peak: ModelPrice = { input_mtok: 0.3, cache_read_mtok: 0.006, output_mtok: 1.2 };

/** Off-peak on weekends too, which the format cannot say: there it gives the peak price at the hours of a weekday. */
const deepseekFlash: ModelInfo = {
  id: "deepseek-flash",
  match: { or: [{ equals: "deepseek-flash" }, { starts_with: "deepseek-v4-flash" }] },
  prices: [
    { prices: { input_mtok: 0.15, cache_read_mtok: 0.003, output_mtok: 0.6 } },
    { constraint: { type: "time_of_date", start_time: "01:00:00Z", end_time: "04:00:00Z" }, prices: peak },
    { constraint: { type: "time_of_date", start_time: "06:00:00Z", end_time: "10:00:00Z" }, prices: peak },
  ],
};

/**
 * Models that came, or changed their price, after the release of `@pydantic/genai-prices` in use; by price list and in
 * its own format. An entry goes when that package knows better. Sources, read in November 2026: the model pages of
 * platform.claude.com and developers.openai.com; api-docs.deepseek.com, "Models & Pricing".
 */
export const newerPrices: Readonly<Record<string, readonly ModelInfo[]>> = {
  anthropic: claude,
  azure: claude,
  google: claude,
  openai: gpt,
  deepseek: [deepseekFlash],
};
