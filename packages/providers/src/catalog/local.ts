import type { CatalogEntry } from "./entry.ts";

// Source: github.com/ollama/ollama, docs/openai.md and openai/openai.go; unknown fields are ignored there.
export const ollama: CatalogEntry = {
  id: "ollama",
  title: "Ollama",
  dialect: "openai-chat",
  baseUrl: "http://127.0.0.1:11434/v1",
  auth: "bearer",
  knows: [],
  chatProfiles: [
    { match: "*", profile: { files: false, toolChoiceRequired: false, reasoningBack: "reasoning" } },
    { match: "gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
  local: true,
};

// Source: docs.vllm.ai, "OpenAI-compatible server" and "Reasoning outputs".
export const vllm: CatalogEntry = {
  id: "vllm",
  title: "vLLM",
  dialect: "openai-chat",
  baseUrl: "http://127.0.0.1:8000/v1",
  auth: "bearer",
  knows: [],
  chatProfiles: [
    { match: "*", profile: { topK: true, reasoningBack: "reasoning", prefill: "continue_final_message" } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
  local: true,
};

// Source: lmstudio.ai/docs, "OpenAI compatibility endpoints".
export const lmstudio: CatalogEntry = {
  id: "lmstudio",
  title: "LM Studio",
  dialect: "openai-chat",
  baseUrl: "http://127.0.0.1:1234/v1",
  auth: "bearer",
  knows: [],
  chatProfiles: [
    { match: "*", profile: { files: false } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
  local: true,
};

// Source: github.com/ggml-org/llama.cpp, tools/server/README.md. Port 8080 is the gateway's own default as well: look
// there only from another port.
export const llamacpp: CatalogEntry = {
  id: "llamacpp",
  title: "llama.cpp",
  dialect: "openai-chat",
  baseUrl: "http://127.0.0.1:8080/v1",
  auth: "bearer",
  knows: [],
  chatProfiles: [{ match: "*", profile: { files: false, topK: true, reasoningBack: "reasoning_content" } }],
  local: true,
};
