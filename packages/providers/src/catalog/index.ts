import { anthropic } from "./anthropic.ts";
import { azure, foundry } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { cerebras } from "./cerebras.ts";
import { deepseek } from "./deepseek.ts";
import type { CatalogEntry } from "./entry.ts";
import { fireworks } from "./fireworks.ts";
import { gemini } from "./gemini.ts";
import { anthropicMessagesServer, bedrockConverseServer, openaiChatServer, openaiResponsesServer } from "./generic.ts";
import { groq } from "./groq.ts";
import { llamacpp, lmstudio, ollama, vllm } from "./local.ts";
import { mistral } from "./mistral.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { perplexity } from "./perplexity.ts";
import { together } from "./together.ts";
import { vertex } from "./vertex.ts";
import { xai } from "./xai.ts";

const vendors: readonly CatalogEntry[] = [
  anthropic,
  openai,
  openrouter,
  gemini,
  bedrock,
  vertex,
  azure,
  foundry,
  deepseek,
  mistral,
  xai,
  groq,
  cerebras,
  together,
  fireworks,
  perplexity,
];
const servers: readonly CatalogEntry[] = [
  ollama,
  vllm,
  lmstudio,
  llamacpp,
  openaiChatServer,
  openaiResponsesServer,
  anthropicMessagesServer,
  bedrockConverseServer,
];

/** The kinds of provider that are known in advance, by id, in the order in which they are tried and shown. */
export const catalog: ReadonlyMap<string, CatalogEntry> = new Map(
  [...vendors, ...servers].map((entry) => [entry.id, entry]),
);
