import type { CatalogEntry } from "./entry.ts";

/** What servers of open models have in common that people run on their own machine. */
export const ownServer: Pick<CatalogEntry, "auth" | "knows" | "modelLists" | "local"> = {
  auth: "bearer",
  knows: [],
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  local: true,
};
