import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";
import { messagesByServer } from "./messages-by-server.ts";
import { ownServer } from "./own-server.ts";

// Source: github.com/ggml-org/llama.cpp, tools/server/README.md, "Anthropic-compatible Messages API" (tools, streams,
// thinking, counting). Port 8080 is the gateway's own default as well: look there only from another port.
export const llamacpp: CatalogEntry = {
  ...ownServer,
  id: "llamacpp",
  title: "llama.cpp",
  dialect: "anthropic-messages",
  platform: messagesByServer("llama.cpp"),
  choices: [chatBelowV1],
  baseUrl: "http://127.0.0.1:8080",
  chatProfiles: [{ match: "*", profile: { files: false, topK: true, reasoningBack: "reasoning_content" } }],
};
