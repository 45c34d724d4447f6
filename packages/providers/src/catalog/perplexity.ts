import type { CatalogEntry, Surface } from "./entry.ts";

const chat: Surface = { dialect: "openai-chat", path: () => "" };

// Sources: docs.perplexity.ai, "Agent API: OpenAI compatibility": Responses, with tools and models of several vendors;
// `ApiChatCompletionsRequest` in Perplexity's SDK: the sonar models search before they answer, take no tools and want
// user and assistant to take turns.
export const perplexity: CatalogEntry = {
  id: "perplexity",
  title: "Perplexity",
  dialect: "openai-responses",
  path: () => "/v1",
  surfaces: [{ match: ["sonar", "sonar-*"], ...chat }],
  choices: [chat],
  baseUrl: "https://api.perplexity.ai",
  apiKeyVariables: ["PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY"],
  auth: "bearer",
  knows: ["sonar", "sonar-*", "perplexity/*"],
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
