import { moonshotMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";
import { twoServices } from "./two-services.ts";

// Sources: platform.kimi.ai, "Using Kimi in Claude Code" (the Messages API with tools, streams and thinking), "Chat" and
// "Tool Use" (128 tools); for what each model refuses in chat, the language model of @ai-sdk/moonshotai: Kimi models set
// the sampling themselves, and K3 and K2.7 cannot stop reasoning. Earlier reasoning is wanted back.
export const moonshot: CatalogEntry = {
  id: "moonshot",
  title: "Moonshot AI",
  dialect: "anthropic-messages",
  platform: moonshotMessages,
  path: () => "/anthropic",
  choices: [{ dialect: "openai-chat", path: () => "/v1" }],
  ...twoServices({ intl: "https://api.moonshot.ai", cn: "https://api.moonshot.cn" }),
  apiKeyVariables: ["MOONSHOT_API_KEY"],
  auth: "bearer",
  knows: ["kimi-*", "moonshot-*"],
  defaultModels: { large: "kimi-k3", small: "kimi-k2.6" },
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  chatProfiles: [
    {
      match: "*",
      profile: {
        maxTokensField: "max_completion_tokens",
        files: false,
        maxTools: 128,
        reasoningBack: "reasoning_content",
      },
    },
    { match: "kimi-*", profile: { sampling: false } },
    { match: "kimi-k2.5*", profile: { reasoningOff: "thinking-disabled" } },
    { match: "kimi-k2.6*", profile: { reasoningOff: "thinking-disabled", toolChoiceRequired: false } },
    { match: "kimi-k2.7*", profile: { toolChoiceRequired: false } },
    { match: "kimi-k3*", profile: { efforts: ["low", "high", "max"] } },
  ],
};
