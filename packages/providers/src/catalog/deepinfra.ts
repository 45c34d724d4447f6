import { compatibleMessages } from "@drawbridge/translator";
import type { CatalogEntry, Surface } from "./entry.ts";

const chat: Surface = { dialect: "openai-chat", path: () => "/v1/openai" };
const messages: Surface = {
  dialect: "anthropic-messages",
  platform: { ...compatibleMessages, title: "DeepInfra" },
  path: () => "/anthropic",
};

// Sources: deepinfra.com/docs, "OpenAI API" (the address); docs.deepinfra.com, "Anthropic messages": what that endpoint
// makes of thinking is not confirmed, so that it has to be chosen. That tools can be forced in chat: not confirmed.
export const deepinfra: CatalogEntry = {
  id: "deepinfra",
  title: "DeepInfra",
  ...chat,
  choices: [chat, messages],
  baseUrl: "https://api.deepinfra.com",
  apiKeyVariables: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"],
  auth: "bearer",
  knows: [],
  modelLists: (baseUrl) => [`${baseUrl}/v1/openai/models`],
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true, toolChoiceRequired: false } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
