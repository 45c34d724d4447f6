import type { CatalogEntry } from "./entry.ts";

// Source: the address stands in docs.api.nvidia.com, "LLM APIs". What a model takes of reasoning is its own; under which
// name it comes back: not confirmed. A NIM of one's own has the same API below a base URL that ends in /v1.
export const nvidia: CatalogEntry = {
  id: "nvidia",
  title: "NVIDIA NIM",
  dialect: "openai-chat",
  baseUrl: "https://integrate.api.nvidia.com/v1",
  apiKeyVariables: ["NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"],
  auth: "bearer",
  knows: ["nvidia/*"],
  chatProfiles: [
    { match: "*", profile: { files: false, reasoningBack: "reasoning_content" } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
