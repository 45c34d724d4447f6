import type { PriceRow } from "./price-row.ts";

interface TierRule {
  readonly model: RegExp;
  readonly tiers: PriceRow["tiers"];
}

const openai = { batch: 500, flex: 500, priority: 2_000, fast: 2_000 };
/** `inference_geo` of requests that are to stay in the United States. */
const anthropic = { batch: 500, us: 1_100 };

/**
 * What tiers cost, in thousandths of the usual, by price list; the first rule that fits a model counts. Where models of a
 * line differ it is the dearest of them. Sources: openai.com/api-priority-processing, "Fast mode" and the model pages
 * ("Batch and Flex are priced at 50%"); Anthropic docs, "Batch processing", "Data residency" and, for Opus 4.6 to 5,
 * "Fast mode": later models are taken to cost the same multiple. Its priority tier is paid in advance.
 */
const rules: Readonly<Record<string, readonly TierRule[]>> = {
  openai: [
    { model: /^gpt-5\.5/, tiers: { ...openai, priority: 2_500, fast: 2_500 } },
    { model: /^(?:gpt-|o\d)/, tiers: openai },
  ],
  anthropic: [
    { model: /^claude-opus-4-[67]/, tiers: { ...anthropic, fast: 6_000 } },
    { model: /^claude-/, tiers: { ...anthropic, fast: 2_000 } },
  ],
};

/** What a model costs in the tiers of its provider, in thousandths of the usual. */
export function tiersOf(list: string, model: string): PriceRow["tiers"] {
  return rules[list]?.find((rule) => rule.model.test(model))?.tiers ?? {};
}
