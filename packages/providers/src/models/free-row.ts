import { flatRow } from "./flat-row.ts";
import type { PriceRow } from "./price-row.ts";

/** The price of what costs nothing: models on one's own machine, and gifts. */
export const freeRow: PriceRow = flatRow({ input: 0, output: 0 });
