import type { CatalogEntry } from "./entry.ts";

// Source: api-docs.deepseek.com, "Thinking mode": low and medium are taken as high, xhigh as max; the reasoning of a
// turn with tool calls has to come back; tools cannot be forced while the model thinks.
export const deepseek: CatalogEntry = {
  id: "deepseek",
  title: "DeepSeek",
  dialect: "openai-chat",
  baseUrl: "https://api.deepseek.com/v1",
  apiKeyVariables: ["DEEPSEEK_API_KEY"],
  auth: "bearer",
  knows: ["deepseek-*"],
  defaultModels: { large: "deepseek-v4-pro", small: "deepseek-v4-flash" },
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensRange: { min: 1, max: 384_000 },
        images: false,
        files: false,
        efforts: ["high", "max"],
        reasoningOn: "thinking-enabled",
        reasoningOff: "thinking-disabled",
        reasoningBack: "reasoning_content",
        maxTools: 128,
        maxStopSequences: 16,
        toolChoiceRequired: false,
        structuredOutput: false,
      },
    },
  ],
};
