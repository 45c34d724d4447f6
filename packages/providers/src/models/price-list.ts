import type { ModelPrice, Provider } from "@pydantic/genai-prices";
import { freeRow } from "./free-row.ts";
import { lookupNames } from "./lookup-names.ts";
import { newerPrices } from "./newer-prices.ts";
import type { PriceRow } from "./price-row.ts";
import { rowOfListed } from "./row-of-listed.ts";
import { tiersOf } from "./tiers-of.ts";

/** What a price list says of a model. */
export interface ListedModel {
  /** Undefined when the list knows the model but not what it costs. */
  readonly price: PriceRow | undefined;
  readonly contextWindow: number | undefined;
  readonly deprecated: boolean;
  /** Until then, in milliseconds since 1970, the price holds; infinite for most. */
  readonly validUntilMs: number;
}

/** Prices of vendors and clouds, by their names in `@pydantic/genai-prices`. */
export interface PriceList {
  /** What is known of a model as the provider writes its name; undefined for an unknown one. */
  find(list: string, model: string, atMs: number): ListedModel | undefined;
}

/** Prices that change do so on the minute. */
const minuteMs = 60_000;

/** Loads the bundled prices. They are large, so that only who asks for them pays for it. */
export async function loadPriceList(): Promise<PriceList> {
  const { calcPrice } = await import("@pydantic/genai-prices");
  return {
    find(list, model, atMs) {
      const timestamp = new Date(atMs);
      for (const name of lookupNames(model)) {
        const newer = newerListOf(list);
        const found =
          (newer && calcPrice({}, name, { provider: newer, timestamp })) ??
          calcPrice({}, name, { providerId: list, timestamp });
        if (found === null) continue;
        const { context_window: contextWindow, deprecated = false, prices, id } = found.model;
        const varies = Array.isArray(prices);
        return {
          price: isGift(id, found.model_price) ? freeRow : rowOfListed(found.model_price, tiersOf(list, id)),
          contextWindow,
          deprecated,
          validUntilMs: varies ? (Math.floor(atMs / minuteMs) + 1) * minuteMs : Number.POSITIVE_INFINITY,
        };
      }
      return undefined;
    },
  };
}

function newerListOf(list: string): Provider | undefined {
  const models = newerPrices[list];
  return models && { id: list, name: list, api_pattern: "", models: [...models] };
}

/** A listing without any price is a gift only where the name says so, as at OpenRouter. */
function isGift(id: string, price: ModelPrice): boolean {
  return id.endsWith(":free") && Object.keys(price).length === 0;
}
