import type { CatalogEntry } from "./entry.ts";

/** Any server that speaks OpenAI's chat completions. */
export const openaiChatServer: CatalogEntry = {
  id: "openai-chat",
  title: "OpenAI-compatible server",
  dialect: "openai-chat",
  auth: "bearer",
  knows: [],
};

/** Any server that speaks Anthropic's Messages. */
export const anthropicMessagesServer: CatalogEntry = {
  id: "anthropic-messages",
  title: "Anthropic-compatible server",
  dialect: "anthropic-messages",
  auth: "x-api-key",
  knows: [],
};
