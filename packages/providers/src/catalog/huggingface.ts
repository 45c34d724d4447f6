import type { CatalogEntry } from "./entry.ts";

// Source: huggingface.co/docs/inference-providers: one router before many providers; `:fastest` or a provider's name may
// follow the model's. The token is that of the Hub, which most machines have for downloads.
export const huggingface: CatalogEntry = {
  id: "huggingface",
  title: "Hugging Face",
  billsOn: true,
  dialect: "openai-chat",
  baseUrl: "https://router.huggingface.co/v1",
  apiKeyVariables: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
  keyOpensMore: true,
  auth: "bearer",
  knows: [],
  chatProfiles: [
    { match: "*", profile: { files: false } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
