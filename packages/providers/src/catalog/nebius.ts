import type { CatalogEntry } from "./entry.ts";

// Source: docs.tokenfactory.nebius.com, "Create chat completion". That it takes top_k as vLLM does: not confirmed.
export const nebius: CatalogEntry = {
  id: "nebius",
  title: "Nebius Token Factory",
  billsOn: true,
  dialect: "openai-chat",
  baseUrl: "https://api.tokenfactory.nebius.com/v1",
  apiKeyVariables: ["NEBIUS_API_KEY"],
  auth: "bearer",
  knows: [],
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
