import type { CatalogEntry } from "./entry.ts";

// Names with an at sign are those of Vertex AI.
export const anthropic: CatalogEntry = {
  id: "anthropic",
  title: "Anthropic",
  dialect: "anthropic-messages",
  baseUrl: "https://api.anthropic.com",
  apiKeyVariables: ["ANTHROPIC_API_KEY"],
  auth: "x-api-key",
  knows: ["claude-*"],
  knowsNot: ["*@*"],
};
