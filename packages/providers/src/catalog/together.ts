import { compatibleMessages } from "@drawbridge/translator";
import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";

// Sources: docs.together.ai, "Reasoning", "GLM-5.3 quickstart" (it always thinks), "Messages API": that endpoint is
// supported for a few models only, so that it has to be chosen; `ChatCompletionAssistantMessageParam` in together-ai; for
// the efforts of GLM-5.2 and DeepSeek V4, anomalyco/models.dev; that of the GLM-5 models only GLM-5.3-Flash sees,
// charmbracelet/catwalk #551.
export const together: CatalogEntry = {
  id: "together",
  title: "Together AI",
  ...chatBelowV1,
  choices: [chatBelowV1, { dialect: "anthropic-messages", platform: { ...compatibleMessages, title: "Together AI" } }],
  baseUrl: "https://api.together.ai",
  // Source: docs.together.ai, "Geo-specific inference".
  regionIn: /^https:\/\/([a-z]{2})-api\.together\.ai(?:[/:]|$)/,
  apiKeyVariables: ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "zai-org/GLM-5.3", small: "zai-org/GLM-5.3-Flash" },
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
    { match: "zai-org/glm-5*", profile: { images: false, reasoningBack: "reasoning_content" } },
    { match: "zai-org/glm-5.2*", profile: { efforts: ["high", "max"] } },
    { match: "zai-org/glm-5.3*", profile: { efforts: ["low", "medium", "high", "max"] } },
    { match: "zai-org/glm-5.3-flash*", profile: { images: true } },
    { match: "deepseek-ai/deepseek-v4*", profile: { efforts: ["high", "max"], reasoningBack: "reasoning_content" } },
    { match: "moonshotai/*", profile: { reasoningBack: "reasoning_content" } },
  ],
};
