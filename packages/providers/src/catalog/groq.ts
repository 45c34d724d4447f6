import type { CatalogEntry } from "./entry.ts";

// Sources: console.groq.com/docs, "Reasoning", "Structured outputs" (neither streamed nor beside tools), "Qwen 3.8 27B";
// `ChatCompletionCreateParams` and `ChatCompletionAssistantMessageParam` in groq-sdk.
export const groq: CatalogEntry = {
  id: "groq",
  title: "Groq",
  billsOn: true,
  dialect: "openai-chat",
  baseUrl: "https://api.groq.com/openai/v1",
  apiKeyVariables: ["GROQ_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "openai/gpt-oss-120b", small: "openai/gpt-oss-20b" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensField: "max_completion_tokens",
        images: false,
        files: false,
        maxTools: 128,
        structuredOutput: false,
      },
    },
    {
      match: "openai/gpt-oss*",
      profile: {
        efforts: ["low", "medium", "high"],
        maxTokensRange: { min: 1, max: 65_536 },
        reasoningBack: "reasoning",
      },
    },
    { match: "qwen/*", profile: { reasoningOff: "none", reasoningBack: "reasoning" } },
    { match: "qwen/qwen3.8*", profile: { efforts: ["none", "low", "medium", "high"], images: true } },
    // Compound systems search by themselves: `ChatCompletionMessage.executed_tools` in groq-sdk.
    { match: "*compound*", profile: { webSearch: "search_settings", toolCallsNeedTools: true } },
  ],
};
