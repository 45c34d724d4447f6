import type { PriceRow } from "./price-row.ts";

interface TierRule {
  readonly model: RegExp;
  readonly tiers: PriceRow["serviceTiers"];
}

const half = { batch: 500 };
const openai = { ...half, flex: 500, priority: 2_000 };

/**
 * What service tiers cost, in thousandths of the usual, by price list; the first rule that fits a model counts. Where
 * models of a line differ it is the dearest of them. Sources: openai.com/api-priority-processing and the model pages
 * ("Batch and Flex are priced at 50%"); Anthropic docs, "Batch processing" (its priority tier is paid in advance).
 */
const rules: Readonly<Record<string, readonly TierRule[]>> = {
  openai: [
    { model: /^gpt-5\.5/, tiers: { ...openai, priority: 2_500 } },
    { model: /^(?:gpt-|o\d)/, tiers: openai },
  ],
  anthropic: [{ model: /^claude-/, tiers: half }],
};

/** What a model costs in the service tiers of its provider, in thousandths of the usual. */
export function serviceTiersOf(list: string, model: string): PriceRow["serviceTiers"] {
  return rules[list]?.find((rule) => rule.model.test(model))?.tiers ?? {};
}
