import type { CatalogEntry } from "./entry.ts";

// Sources: docs.perplexity.ai, "Agent API: OpenAI compatibility": Responses, with tools and models of several vendors;
// "Migrate from Sonar to the Agent API": chat completions, and with them the names `sonar` and `sonar-*`, ended on
// 27 September 2026 (n8n-io/n8n #36551, anomalyco/models.dev #5137); `perplexity/sonar` is what is left of them.
export const perplexity: CatalogEntry = {
  id: "perplexity",
  title: "Perplexity",
  billsOn: true,
  dialect: "openai-responses",
  path: () => "/v1",
  baseUrl: "https://api.perplexity.ai",
  apiKeyVariables: ["PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY"],
  auth: "bearer",
  knows: ["perplexity/*"],
  modelLists: () => [],
};
