import { compatibleMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";
import { twoServices } from "./two-services.ts";

// Sources: docs.z.ai, "Claude Code" (the Messages API with tools, streams and thinking, for keys of both kinds), and "Chat
// completion" there and at docs.bigmodel.cn: thinking is switched by an object, a tool cannot be forced, and usage comes
// with every stream unasked; GLM-5.2 takes low and medium as high, xhigh as max, GLM-5.3 knows three efforts and always
// thinks.
export const zai: CatalogEntry = {
  id: "zai",
  title: "Z.ai",
  dialect: "anthropic-messages",
  platform: { ...compatibleMessages, title: "Z.ai" },
  path: () => "/anthropic",
  choices: [{ dialect: "openai-chat", path: () => "/paas/v4" }],
  ...twoServices({ intl: "https://api.z.ai/api", cn: "https://open.bigmodel.cn/api" }),
  apiKeyVariables: ["ZAI_API_KEY", "ZHIPUAI_API_KEY"],
  auth: "bearer",
  knows: ["glm-*"],
  // In the plan for coding and without it.
  defaultModels: { large: "glm-5.2", small: "glm-4.5-air" },
  modelLists: (baseUrl) => [`${baseUrl}/paas/v4/models`],
  chatProfiles: [
    {
      match: "*",
      profile: {
        files: false,
        maxTools: 128,
        maxStopSequences: 1,
        toolChoiceRequired: false,
        streamUsage: false,
        structuredOutput: false,
        reasoningOn: "thinking-enabled",
        reasoningOff: "thinking-disabled",
        reasoningBack: "reasoning_content",
      },
    },
    { match: "glm-5.2*", profile: { efforts: ["high", "max"] } },
    { match: "glm-5.3*", profile: { efforts: ["low", "high", "max"], reasoningOff: "omit" } },
  ],
};
