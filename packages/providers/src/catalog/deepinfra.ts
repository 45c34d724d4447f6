import type { CatalogEntry } from "./entry.ts";

// Source: deepinfra.com/docs, "OpenAI API" (the address). That tools can be forced: not confirmed.
export const deepinfra: CatalogEntry = {
  id: "deepinfra",
  title: "DeepInfra",
  dialect: "openai-chat",
  baseUrl: "https://api.deepinfra.com/v1/openai",
  apiKeyVariables: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"],
  auth: "bearer",
  knows: [],
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true, toolChoiceRequired: false } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
