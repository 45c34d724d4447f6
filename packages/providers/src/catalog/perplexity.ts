import type { CatalogEntry } from "./entry.ts";

// Source: `ApiChatCompletionsRequest` in Perplexity's SDK. The sonar models search before they answer; they take no
// tools, and want user and assistant to take turns.
export const perplexity: CatalogEntry = {
  id: "perplexity",
  title: "Perplexity",
  dialect: "openai-chat",
  baseUrl: "https://api.perplexity.ai",
  apiKeyVariables: ["PERPLEXITY_API_KEY"],
  auth: "bearer",
  knows: ["sonar", "sonar-*"],
  modelLists: () => [],
  chatProfiles: [
    {
      match: "*",
      profile: {
        webSearch: "search_domain_filter",
        mergeSameRole: true,
        toolCallsNeedTools: true,
        topK: true,
        streamUsage: false,
      },
    },
    { match: "sonar-deep-research", profile: { efforts: ["minimal", "low", "medium", "high"] } },
  ],
};
