import type { ChatProfile } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";

const upTo = (max: number): ChatProfile["maxTokensRange"] => ({ min: 1, max });
const oSeries = { sampling: false, efforts: ["low", "medium", "high"], maxTokensRange: upTo(100_000) } as const;
const gpt5 = { sampling: false, maxTokensRange: upTo(128_000) };
const gpt56 = { effortWithTools: false, cacheBreakpoints: true };

// Sources: OpenAI docs, "Reasoning models", the model pages and "Deprecations" (October 2026); ChatCompletionCreateParams
// in openai-node. Only Responses keep reasoning between calls of tools; models from gpt-5.4 on refuse a reasoning effort
// beside tools in chat completions.
export const openai: CatalogEntry = {
  id: "openai",
  title: "OpenAI",
  dialect: "openai-responses",
  choices: [{ dialect: "openai-chat" }],
  baseUrl: "https://api.openai.com/v1",
  // Source: OpenAI docs, "Data residency".
  regionIn: /^https:\/\/([a-z]{2})\.api\.openai\.com(?:[/:]|$)/,
  // What stands behind another address is mostly a proxy or a server that knows no more than chat.
  elsewhere: "openai-chat",
  apiKeyVariables: ["OPENAI_API_KEY"],
  auth: "bearer",
  knows: ["gpt-3*", "gpt-4*", "gpt-5*", "gpt-6*", "chatgpt-*", "o1*", "o3*", "o4*"],
  defaultModels: { large: "gpt-6-sol", small: "gpt-6-luna" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensField: "max_completion_tokens",
        midSystem: "system",
        toolCallIds: "max-40",
        maxTools: 128,
        promptCacheKey: true,
      },
    },
    { match: "gpt-4o*", profile: { maxTokensRange: upTo(16_384) } },
    { match: "gpt-4.1*", profile: { maxTokensRange: upTo(32_768) } },
    { match: "o1*", profile: oSeries },
    { match: "o3*", profile: oSeries },
    { match: "o4*", profile: oSeries },
    { match: "gpt-5*", profile: { ...gpt5, efforts: ["minimal", "low", "medium", "high"], reasoningOff: "minimal" } },
    { match: "gpt-5.*", profile: { efforts: ["none", "low", "medium", "high", "xhigh"], reasoningOff: "none" } },
    { match: "gpt-5.1*", profile: { efforts: ["none", "low", "medium", "high"] } },
    { match: "gpt-5.4*", profile: { effortWithTools: false } },
    { match: "gpt-5.5*", profile: { effortWithTools: false } },
    { match: "gpt-5.6*", profile: { ...gpt56, efforts: ["none", "low", "medium", "high", "xhigh", "max"] } },
    { match: "gpt-6*", profile: { ...gpt5, ...gpt56, efforts: ["low", "medium", "high", "xhigh", "max"] } },
    {
      match: "gpt-5*-chat*",
      profile: { sampling: true, efforts: [], reasoningOff: "omit", maxTokensRange: upTo(16_384) },
    },
  ],
};
