import type { CatalogEntry } from "./entry.ts";

// Sources: inference-docs.cerebras.ai, "Reasoning", "Structured outputs" (not streamed by reasoning models), "OpenAI
// compatibility" (parallel_tool_calls is refused by some models), "Models"; `ChatCompletionCreateParams` in Cerebras' SDK
// for the key of the cache and the reasoning that is handed back.
export const cerebras: CatalogEntry = {
  id: "cerebras",
  title: "Cerebras",
  dialect: "openai-chat",
  baseUrl: "https://api.cerebras.ai/v1",
  apiKeyVariables: ["CEREBRAS_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "gpt-oss-120b", small: "gpt-oss-120b" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensField: "max_completion_tokens",
        maxTokensRange: { min: 1, max: 40_960 },
        images: false,
        files: false,
        parallelToolCalls: false,
        structuredOutput: false,
        promptCacheKey: true,
        reasoningBack: "reasoning",
      },
    },
    { match: "gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
    { match: "qwen-3.*", profile: { efforts: ["none", "low", "medium", "high"], reasoningOff: "none" } },
  ],
};
