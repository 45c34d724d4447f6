import { deepseekMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";

// Sources: api-docs.deepseek.com, "Anthropic API" (what Claude Code is pointed at there: tools, streams and thinking in
// full), "Models & Pricing" (the names, 384K tokens of output, images only for deepseek-flash), "Thinking mode": medium and
// xhigh are taken as high; the reasoning of a turn with tool calls has to come back; in chat, tools cannot be forced while
// the model thinks.
export const deepseek: CatalogEntry = {
  id: "deepseek",
  title: "DeepSeek",
  dialect: "anthropic-messages",
  platform: deepseekMessages,
  path: () => "/anthropic",
  choices: [{ dialect: "openai-chat", path: () => "/v1" }],
  baseUrl: "https://api.deepseek.com",
  apiKeyVariables: ["DEEPSEEK_API_KEY"],
  auth: "bearer",
  knows: ["deepseek-*"],
  defaultModels: { large: "deepseek-v4-pro", small: "deepseek-flash" },
  modelLists: (baseUrl) => [`${baseUrl}/models`],
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensRange: { min: 1, max: 384_000 },
        images: false,
        files: false,
        efforts: ["low", "high", "max"],
        reasoningOn: "thinking-enabled",
        reasoningOff: "thinking-disabled",
        reasoningBack: "reasoning_content",
        maxTools: 128,
        maxStopSequences: 16,
        toolChoiceRequired: false,
        structuredOutput: false,
      },
    },
    { match: "deepseek-flash*", profile: { images: true } },
  ],
};
