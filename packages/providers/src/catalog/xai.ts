import type { CatalogEntry } from "./entry.ts";

// Sources: docs.x.ai, "Reasoning": reasoning models refuse stop sequences; grok-4.5 cannot stop reasoning; xai-org/xai-proto
// #70 for grok-4.6. The efforts of grok-4.7: not confirmed. Of its own search only the tools of the Responses API are left
// (@ai-sdk/xai), and its Messages API is listed among what is deprecated.
export const xai: CatalogEntry = {
  id: "xai",
  title: "xAI",
  dialect: "openai-chat",
  baseUrl: "https://api.x.ai/v1",
  apiKeyVariables: ["XAI_API_KEY"],
  auth: "bearer",
  knows: ["grok-*"],
  defaultModels: { large: "grok-4.5", small: "grok-4.3" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensField: "max_completion_tokens",
        midSystem: "system",
        files: false,
        maxTools: 128,
        maxStopSequences: 0,
      },
    },
    { match: "grok-4.3*", profile: { efforts: ["none", "low", "medium", "high"], reasoningOff: "none" } },
    { match: "grok-4.5*", profile: { efforts: ["low", "medium", "high"] } },
    { match: "grok-4.6*", profile: { efforts: ["low", "medium", "high", "xhigh"] } },
  ],
};
