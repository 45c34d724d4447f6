import type { Dialect, DialectName } from "@drawbridge/translator";
import type { CatalogEntry, Places, Surface } from "./catalog/entry.ts";

/** What asks for as many models at once as may be: Anthropic's limit (beside after_id) and Gemini's pageSize go to 1000. */
const wholeList: Readonly<Partial<Record<DialectName, string>>> = {
  "anthropic-messages": "?limit=1000",
  gemini: "?pageSize=1000",
};

/** What tells where models are listed. */
export interface ListPlace {
  readonly entry: CatalogEntry;
  /** How the provider's models are spoken to as a rule. */
  readonly surface: Surface;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly places: Places;
}

/** Where the models of a provider are listed below its base URL; none where the vendor lists none. */
export function modelListUrls(baseUrl: string, { entry, surface, dialects, places }: ListPlace): readonly string[] {
  if (entry.modelLists !== undefined) return entry.modelLists(baseUrl, places);
  const { dialect, path } = surface;
  return [`${baseUrl}${path?.(places, "") ?? ""}${dialects[dialect].paths.models}${wholeList[dialect] ?? ""}`];
}
