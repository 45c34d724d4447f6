import { compatibleMessages, type MessagesPlatform } from "@drawbridge/translator";
import type { CatalogEntry } from "./entry.ts";

/** Documents and tools of the server's own are refused. */
const messages: MessagesPlatform = {
  ...compatibleMessages,
  title: "SambaNova",
  blocks: {
    inMessages: new Set(["text", "image", "tool_result", "thinking", "tool_use"]),
    inResults: new Set(["text", "image"]),
  },
};

// Source: docs.sambanova.ai, "Messages API" (tools, streams, thinking and counting of tokens for all language models) and
// "OpenAI compatibility".
export const sambanova: CatalogEntry = {
  id: "sambanova",
  title: "SambaNova",
  billsOn: true,
  dialect: "anthropic-messages",
  platform: messages,
  choices: [{ dialect: "openai-chat", path: () => "/v1" }],
  baseUrl: "https://api.sambanova.ai",
  apiKeyVariables: ["SAMBANOVA_API_KEY"],
  auth: "bearer",
  knows: [],
  defaultModels: { large: "gpt-oss-120b", small: "gpt-oss-120b" },
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
