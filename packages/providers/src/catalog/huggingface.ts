import { compatibleMessages } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";

// Source: huggingface.co/docs/inference-providers: one router before many providers; `:fastest` or a provider's name may
// follow the model's; "Claude Code": what it is pointed at there, for all models. That it counts tokens: not confirmed. The
// token is that of the Hub, which most machines have for downloads.
export const huggingface: CatalogEntry = {
  id: "huggingface",
  title: "Hugging Face",
  billsOn: true,
  dialect: "anthropic-messages",
  platform: { ...compatibleMessages, title: "Hugging Face", counts: false },
  choices: [{ dialect: "openai-chat", path: () => "/v1" }],
  baseUrl: "https://router.huggingface.co",
  apiKeyVariables: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
  keyOpensMore: true,
  auth: "bearer",
  knows: [],
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  chatProfiles: [
    { match: "*", profile: { files: false } },
    { match: "openai/gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
