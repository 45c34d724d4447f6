import { compatibleMessages } from "@drawbridge/translator";
import type { CatalogEntry, Surface } from "./entry.ts";

const chat: Surface = { dialect: "openai-chat", path: () => "/v1" };

// Sources: the address stands in docs.api.nvidia.com, "LLM APIs", which has chat alone; docs.nvidia.com, "Use Claude Code
// with NIM": a NIM of one's own has the Messages API as well, and chat below an address that ends in /v1. What a model
// takes of reasoning is its own; under which name it comes back: not confirmed.
export const nvidia: CatalogEntry = {
  id: "nvidia",
  title: "NVIDIA NIM",
  ...chat,
  choices: [chat, { dialect: "anthropic-messages", platform: { ...compatibleMessages, title: "NVIDIA NIM" } }],
  baseUrl: "https://integrate.api.nvidia.com",
  elsewhere: "anthropic-messages",
  apiKeyVariables: ["NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"],
  auth: "bearer",
  knows: ["nvidia/*"],
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  chatProfiles: [
    { match: "*", profile: { files: false, reasoningBack: "reasoning_content" } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
