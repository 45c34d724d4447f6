import type { CatalogEntry } from "./entry.ts";

export const anthropic: CatalogEntry = {
  id: "anthropic",
  title: "Anthropic",
  dialect: "anthropic-messages",
  baseUrl: "https://api.anthropic.com",
  apiKeyVariables: ["ANTHROPIC_API_KEY"],
  auth: "x-api-key",
  knows: ["claude-*"],
};
