import type { CatalogEntry } from "./entry.ts";

const adjustable = { efforts: ["none", "high"], reasoningOff: "none" } as const;

// Sources: docs.mistral.ai, "Reasoning"; `ChatCompletionRequest` in @mistralai/mistralai. Fields that it does not know are
// refused (422), and usage comes with every stream unasked. Its own web search is confirmed for conversations alone.
export const mistral: CatalogEntry = {
  id: "mistral",
  title: "Mistral AI",
  billsOn: true,
  dialect: "openai-chat",
  baseUrl: "https://api.mistral.ai/v1",
  apiKeyVariables: ["MISTRAL_API_KEY"],
  auth: "bearer",
  knows: ["mistral-*", "ministral-*", "magistral-*", "codestral-*", "devstral-*", "pixtral-*", "open-mi*tral-*"],
  defaultModels: { large: "mistral-medium-latest", small: "mistral-small-latest" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        files: false,
        toolCallIds: "alphanumeric-9",
        streamUsage: false,
        mergeSameRole: true,
        userAfterTool: false,
        prefill: "prefix",
        promptCacheKey: true,
      },
    },
    { match: "mistral-small-latest", profile: adjustable },
    { match: "mistral-small-26*", profile: adjustable },
    { match: "mistral-medium-latest", profile: adjustable },
    { match: "mistral-medium-26*", profile: adjustable },
    { match: "mistral-medium-3-5*", profile: adjustable },
    { match: "mistral-large-4*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
