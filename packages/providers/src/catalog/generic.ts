import type { CatalogEntry } from "./entry.ts";

/** Any server that speaks OpenAI's chat completions. */
export const openaiChatServer: CatalogEntry = {
  id: "openai-chat",
  title: "OpenAI-compatible server",
  dialect: "openai-chat",
  auth: "bearer",
  knows: [],
};

/** Any server that speaks OpenAI's Responses API; its address usually ends in /v1. */
export const openaiResponsesServer: CatalogEntry = {
  id: "openai-responses",
  title: "Server of OpenAI's Responses API",
  dialect: "openai-responses",
  auth: "bearer",
  knows: [],
};

/** The Converse API of Amazon Bedrock in one of its regions, with an API key of Bedrock's own. */
export const bedrockConverseServer: CatalogEntry = {
  id: "bedrock-converse",
  title: "Amazon Bedrock (Converse)",
  dialect: "bedrock-converse",
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
