import type { PriceRow, TokenRates } from "./price-row.ts";
import { shareOf } from "./share-of.ts";

interface RegionalRule {
  readonly model: RegExp;
  /** What the vendor calls the place that is no region, where it has a name. */
  readonly anywhere?: string;
  readonly thousandths: number;
}

/**
 * Where computing in one region costs more than wherever there is room, by price list. Sources: Anthropic docs, "Pricing":
 * on Google Cloud a tenth more from Claude 4.5 on; OpenAI docs, "Data residency": a tenth more for models since March 5,
 * 2026, of which gpt-5.4 was the first; docs.together.ai, "Geo-specific inference": a quarter. Amazon's list has prices of
 * its own for its regions.
 */
const rules: Readonly<Record<string, RegionalRule>> = {
  google: {
    model: /^claude-(?:(?:opus|sonnet|haiku)-(?:4-[5-9]|[5-9])|fable|mythos)/,
    anywhere: "global",
    thousandths: 1_100,
  },
  openai: { model: /^gpt-(?:5\.(?:[4-9]|\d\d)|[6-9]|\d\d)/, thousandths: 1_100 },
  together: { model: /./, thousandths: 1_250 },
};

/** What a model costs at the address of a region; the price itself where that makes no difference. */
export function regionalPrice(
  price: PriceRow,
  model: string,
  { list, region }: { readonly list: string; readonly region: string | undefined },
): PriceRow {
  const rule = rules[list];
  if (rule === undefined || region === undefined || region === rule.anywhere || !rule.model.test(model)) return price;
  const dearer = (rate: number): number => shareOf(rate, rule.thousandths, 1_000);
  const [first, ...longer] = price.bands.map(({ aboveInputTokens, rates }) => ({
    aboveInputTokens,
    rates: mapRates(rates, dearer),
  }));
  return first === undefined ? price : { ...price, bands: [first, ...longer] };
}

function mapRates(rates: TokenRates, change: (rate: number) => number): TokenRates {
  return {
    input: change(rates.input),
    cacheRead: change(rates.cacheRead),
    cacheWrite5m: change(rates.cacheWrite5m),
    cacheWrite1h: change(rates.cacheWrite1h),
    output: change(rates.output),
  };
}
