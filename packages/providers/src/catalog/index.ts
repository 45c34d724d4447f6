import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { cerebras } from "./cerebras.ts";
import { cloudflare } from "./cloudflare.ts";
import { cohere } from "./cohere.ts";
import { databricks } from "./databricks.ts";
import { deepinfra } from "./deepinfra.ts";
import { deepseek } from "./deepseek.ts";
import type { CatalogEntry } from "./entry.ts";
import { fireworks } from "./fireworks.ts";
import { foundry } from "./foundry.ts";
import { gemini } from "./gemini.ts";
import { anthropicMessagesServer, bedrockConverseServer, openaiChatServer, openaiResponsesServer } from "./generic.ts";
import { github } from "./github.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { llamacpp } from "./llamacpp.ts";
import { lmstudio } from "./lmstudio.ts";
import { minimax } from "./minimax.ts";
import { mistral } from "./mistral.ts";
import { moonshot } from "./moonshot.ts";
import { nebius } from "./nebius.ts";
import { nvidia } from "./nvidia.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { perplexity } from "./perplexity.ts";
import { qwen } from "./qwen.ts";
import { sambanova } from "./sambanova.ts";
import { sglang } from "./sglang.ts";
import { snowflake } from "./snowflake.ts";
import { tgi } from "./tgi.ts";
import { together } from "./together.ts";
import { vertex } from "./vertex.ts";
import { vllm } from "./vllm.ts";
import { xai } from "./xai.ts";
import { zai } from "./zai.ts";

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
  moonshot,
  zai,
  minimax,
  qwen,
  cohere,
  perplexity,
  nvidia,
  huggingface,
  sambanova,
  nebius,
  deepinfra,
  github,
  databricks,
  snowflake,
  cloudflare,
];
const servers: readonly CatalogEntry[] = [
  ollama,
  vllm,
  sglang,
  lmstudio,
  llamacpp,
  tgi,
  openaiChatServer,
  openaiResponsesServer,
  anthropicMessagesServer,
  bedrockConverseServer,
];

/** The kinds of provider that are known in advance, by id, in the order in which they are tried and shown. */
export const catalog: ReadonlyMap<string, CatalogEntry> = new Map(
  [...vendors, ...servers].map((entry) => [entry.id, entry]),
);
