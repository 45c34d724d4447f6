export { boundOf, type UsageBound } from "./bound-of.ts";
export { type Cost, costOf, type PricedUsage } from "./cost-of.ts";
export {
  createModelBook,
  type ModelBook,
  type ModelBookParts,
  type ModelOverride,
  type ModelOwner,
} from "./model-book.ts";
export type { Modality, ModelFacts } from "./facts.ts";
export type { KnownRates } from "./fill-rates.ts";
export { flatRow } from "./flat-row.ts";
export { modelFacts, type ModelHost } from "./model-facts.ts";
export { parseRate } from "./parse-rate.ts";
export { type ListedModel, loadPriceList, type PriceList } from "./price-list.ts";
export type { PriceBand, PriceRow, TokenRates } from "./price-row.ts";
