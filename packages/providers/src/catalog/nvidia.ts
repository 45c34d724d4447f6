import { compatibleMessages } from "@drawbridge/translator";
import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";

// Sources: the address stands in docs.api.nvidia.com, "LLM APIs", which has chat alone; docs.nvidia.com, "Use Claude Code
// with NIM": a NIM of one's own has the Messages API as well, and chat below an address that ends in /v1. What a model
// takes of reasoning is its own; under which name it comes back: not confirmed.
export const nvidia: CatalogEntry = {
  id: "nvidia",
  title: "NVIDIA NIM",
  ...chatBelowV1,
  choices: [chatBelowV1, { dialect: "anthropic-messages", platform: { ...compatibleMessages, title: "NVIDIA NIM" } }],
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
