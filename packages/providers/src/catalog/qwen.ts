import { compatibleMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";
import { twoServices } from "./two-services.ts";

// Sources: alibabacloud.com/help, Model Studio, "Anthropic-compatible Messages" (tools, streams and thinking; the
// addresses, which stay beside the newer ones of each workspace), "Claude Code" (the models) and "OpenAI compatible -
// Chat"; for top_k and explicit caches, which are marked as Anthropic's are, `AlibabaLanguageModel` in @ai-sdk/alibaba.
// That tools can be forced: not confirmed.
export const qwen: CatalogEntry = {
  id: "qwen",
  title: "Qwen (Alibaba Cloud Model Studio)",
  billsOn: true,
  dialect: "anthropic-messages",
  platform: { ...compatibleMessages, title: "Alibaba Cloud Model Studio" },
  path: () => "/apps/anthropic",
  choices: [{ dialect: "openai-chat", path: () => "/compatible-mode/v1" }],
  ...twoServices({ intl: "https://dashscope-intl.aliyuncs.com", cn: "https://dashscope.aliyuncs.com" }),
  apiKeyVariables: ["DASHSCOPE_API_KEY"],
  auth: "bearer",
  knows: ["qwen*-plus*", "qwen*-max*", "qwen*-flash*", "qwen-*", "qwq-*"],
  defaultModels: { large: "qwen3-coder-plus", small: "qwen3-coder-flash" },
  modelLists: (baseUrl) => [`${baseUrl}/compatible-mode/v1/models`],
  chatProfiles: [{ match: "*", profile: { files: false, topK: true, toolChoiceRequired: false, cacheControl: true } }],
};
