import { moonshotMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";
import { twoServices } from "./two-services.ts";

// Source: platform.kimi.ai, "Using Kimi in Claude Code" (the Messages API with tools, streams and thinking) and "Chat":
// thinking models want their reasoning back.
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
  chatProfiles: [{ match: "*", profile: { files: false, maxTools: 128, reasoningBack: "reasoning_content" } }],
};
