import type { CatalogEntry } from "./entry.ts";

const thinksAloud = { efforts: ["high", "max"], reasoningBack: "reasoning_content" } as const;

// Source: docs.together.ai, "Reasoning" and the chat completions reference.
export const together: CatalogEntry = {
  id: "together",
  title: "Together AI",
  dialect: "openai-chat",
  baseUrl: "https://api.together.ai/v1",
  apiKeyVariables: ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "zai-org/GLM-5.2", small: "openai/gpt-oss-20b" },
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
    { match: "zai-org/glm-5*", profile: thinksAloud },
    { match: "deepseek-ai/deepseek-v4*", profile: thinksAloud },
    { match: "moonshotai/*", profile: { reasoningBack: "reasoning_content" } },
  ],
};
