import type { CatalogEntry } from "./entry.ts";

// Source: openrouter.ai/docs, "Reasoning tokens", "Prompt caching", "PDF inputs", "Web search": what a model does not take is left out
// or mapped by OpenRouter itself.
export const openrouter: CatalogEntry = {
  id: "openrouter",
  title: "OpenRouter",
  dialect: "openai-chat",
  baseUrl: "https://openrouter.ai/api/v1",
  apiKeyVariables: ["OPENROUTER_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "anthropic/claude-sonnet-5", small: "anthropic/claude-haiku-4.5" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        efforts: ["none", "minimal", "low", "medium", "high", "xhigh"],
        reasoningOff: "none",
        reasoningBack: "reasoning_details",
        topK: true,
        cacheControl: true,
        webSearch: "openrouter:web_search",
      },
    },
    { match: "mistralai/*", profile: { toolCallIds: "alphanumeric-9" } },
    { match: "openai/*", profile: { toolCallIds: "max-40" } },
  ],
};
