import { compatibleMessages, type MessagesPlatform } from "@drawbridge/translator";
import type { CatalogEntry, Surface } from "./entry.ts";

/** The Messages API of a server that translates it for its own models, which take no PDFs. */
function messagesBy(title: string): MessagesPlatform {
  const inMessages = new Set(["text", "image", "tool_result", "thinking", "tool_use"]);
  return { ...compatibleMessages, title, blocks: { inMessages, inResults: new Set(["text", "image"]) } };
}

const chat: Surface = { dialect: "openai-chat", path: () => "/v1" };
const openModels: Pick<CatalogEntry, "auth" | "knows" | "modelLists" | "local"> = {
  auth: "bearer",
  knows: [],
  modelLists: (baseUrl) => [`${baseUrl}/v1/models`],
  local: true,
};

// Sources: docs.ollama.com, "Anthropic compatibility" (since 0.14: tools, streams, thinking; no counting, no choice of a
// tool, no PDFs) and "OpenAI compatibility". That unknown fields are ignored: not confirmed.
export const ollama: CatalogEntry = {
  ...openModels,
  id: "ollama",
  title: "Ollama",
  dialect: "anthropic-messages",
  platform: { ...messagesBy("Ollama"), counts: false },
  choices: [chat],
  baseUrl: "http://127.0.0.1:11434",
  chatProfiles: [
    { match: "*", profile: { files: false, toolChoiceRequired: false, reasoningBack: "reasoning" } },
    { match: "gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};

// Sources: docs.vllm.ai, "Claude Code" (tools, streams, thinking, counting), "OpenAI-compatible server", "Reasoning
// outputs". Tools want `--enable-auto-tool-choice` and a parser either way.
export const vllm: CatalogEntry = {
  ...openModels,
  id: "vllm",
  title: "vLLM",
  dialect: "anthropic-messages",
  platform: messagesBy("vLLM"),
  choices: [chat],
  baseUrl: "http://127.0.0.1:8000",
  chatProfiles: [
    { match: "*", profile: { topK: true, reasoningBack: "reasoning", prefill: "continue_final_message" } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};

// Sources: docs.sglang.io, "OpenAI-compatible APIs", "Reasoning parser", "Server arguments" (the default port) and
// "Anthropic-Compatible API" (tools, streams, counting). That one learned to carry thinking in June 2026 only
// (sgl-project/sglang #25876), so that it has to be chosen.
export const sglang: CatalogEntry = {
  ...openModels,
  id: "sglang",
  title: "SGLang",
  ...chat,
  choices: [chat, { dialect: "anthropic-messages", platform: messagesBy("SGLang") }],
  baseUrl: "http://127.0.0.1:30000",
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true, reasoningBack: "reasoning_content" } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};

// Sources: lmstudio.ai/docs, "Anthropic compatibility endpoints" and "Use Claude Code with LM Studio" (tools, streams,
// thinking; no counting), "Chat Completions". That efforts are read there: not confirmed.
export const lmstudio: CatalogEntry = {
  ...openModels,
  id: "lmstudio",
  title: "LM Studio",
  dialect: "anthropic-messages",
  platform: { ...messagesBy("LM Studio"), counts: false },
  choices: [chat],
  baseUrl: "http://127.0.0.1:1234",
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};

// Source: github.com/ggml-org/llama.cpp, tools/server/README.md, "Anthropic-compatible Messages API" (tools, streams,
// thinking, counting). Port 8080 is the gateway's own default as well: look there only from another port.
export const llamacpp: CatalogEntry = {
  ...openModels,
  id: "llamacpp",
  title: "llama.cpp",
  dialect: "anthropic-messages",
  platform: messagesBy("llama.cpp"),
  choices: [chat],
  baseUrl: "http://127.0.0.1:8080",
  chatProfiles: [{ match: "*", profile: { files: false, topK: true, reasoningBack: "reasoning_content" } }],
};

// Source: huggingface.co/docs/text-generation-inference, "Messages API" (which is OpenAI's chat) and "Launcher arguments"
// (the default port, and four stop sequences). That it takes parallel_tool_calls: not confirmed.
export const tgi: CatalogEntry = {
  ...openModels,
  id: "tgi",
  title: "Text Generation Inference",
  ...chat,
  baseUrl: "http://127.0.0.1:3000",
  chatProfiles: [{ match: "*", profile: { files: false, parallelToolCalls: false } }],
};
