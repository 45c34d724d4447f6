import { minimaxMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";
import { twoServices } from "./two-services.ts";

// Source: platform.minimax.io, "Compatible Anthropic API" (which the vendor recommends; tools, streams, thinking) and
// "OpenAI SDK": there reasoning comes in <think> tags, or as reasoning_details to those who ask for it. That the latter
// are taken back by who has not asked: not confirmed.
export const minimax: CatalogEntry = {
  id: "minimax",
  title: "MiniMax",
  billsOn: true,
  dialect: "anthropic-messages",
  platform: minimaxMessages,
  path: () => "/anthropic",
  choices: [{ dialect: "openai-chat", path: () => "/v1" }],
  ...twoServices({ intl: "https://api.minimax.io", cn: "https://api.minimaxi.com" }),
  apiKeyVariables: ["MINIMAX_API_KEY"],
  auth: "bearer",
  knows: ["minimax-*"],
  defaultModels: { large: "MiniMax-M3", small: "MiniMax-M2.7-highspeed" },
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  chatProfiles: [
    { match: "*", profile: { images: false, files: false, reasoningBack: "reasoning_details" } },
    { match: "minimax-m3*", profile: { images: true } },
  ],
};
