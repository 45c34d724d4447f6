import type { CatalogEntry } from "./entry.ts";

// Sources: docs.cohere.com, "Using Cohere models via the OpenAI SDK" and "List models", which only the API of its own has.
// That it takes parallel_tool_calls: not confirmed.
export const cohere: CatalogEntry = {
  id: "cohere",
  title: "Cohere",
  dialect: "openai-chat",
  baseUrl: "https://api.cohere.ai/compatibility/v1",
  apiKeyVariables: ["COHERE_API_KEY", "CO_API_KEY"],
  auth: "bearer",
  knows: ["command-*", "c4ai-*"],
  defaultModels: { large: "command-a-03-2025", small: "command-r7b-12-2024" },
  modelLists: (baseUrl) => [`${baseUrl.replace("/compatibility/v1", "/v1")}/models?endpoint=chat&page_size=1000`],
  chatProfiles: [{ match: "*", profile: { files: false, parallelToolCalls: false } }],
};
