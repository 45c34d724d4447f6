import { compatibleMessages } from "@drawbridge/translator";
import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";

// Sources: docs.fireworks.ai, "Reasoning": the efforts are the model's own (those of GLM-5.3: anomalyco/models.dev #6237;
// that Kimi can be kept from reasoning: not confirmed); "Anthropic compatibility": that endpoint takes no adaptive thinking
// yet, which Claude Code asks for, so that it has to be chosen. Of the GLM-5 models only Flash sees: charmbracelet/catwalk
// #551.
export const fireworks: CatalogEntry = {
  id: "fireworks",
  title: "Fireworks AI",
  ...chatBelowV1,
  choices: [chatBelowV1, { dialect: "anthropic-messages", platform: { ...compatibleMessages, title: "Fireworks AI" } }],
  baseUrl: "https://api.fireworks.ai/inference",
  apiKeyVariables: ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"],
  auth: "bearer",
  knows: ["accounts/fireworks/*"],
  defaultModels: {
    large: "accounts/fireworks/models/glm-5p3",
    small: "accounts/fireworks/models/glm-5p3-flash",
  },
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "*/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
    {
      match: "*/glm-5*",
      profile: {
        images: false,
        efforts: ["none", "high", "max"],
        reasoningOff: "none",
        reasoningBack: "reasoning_content",
      },
    },
    {
      match: "*/glm-5p3*",
      profile: { efforts: ["low", "high", "max"], reasoningOff: "omit" },
    },
    { match: "*/glm-5p3-flash*", profile: { images: true } },
    {
      match: "*/kimi-k2*",
      profile: { efforts: ["low", "medium", "high"], reasoningBack: "reasoning_content" },
    },
    {
      match: "*/deepseek-v4*",
      profile: { efforts: ["high", "max"], reasoningOff: "none", reasoningBack: "reasoning_content" },
    },
  ],
};
