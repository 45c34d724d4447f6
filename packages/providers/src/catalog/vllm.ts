import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";
import { messagesByServer } from "./messages-by-server.ts";
import { ownServer } from "./own-server.ts";

// Sources: docs.vllm.ai, "Claude Code" (tools, streams, thinking, counting), "OpenAI-compatible server", "Reasoning
// outputs". Tools want `--enable-auto-tool-choice` and a parser either way.
export const vllm: CatalogEntry = {
  ...ownServer,
  id: "vllm",
  title: "vLLM",
  dialect: "anthropic-messages",
  platform: messagesByServer("vLLM"),
  choices: [chatBelowV1],
  baseUrl: "http://127.0.0.1:8000",
  chatProfiles: [
    { match: "*", profile: { topK: true, reasoningBack: "reasoning", prefill: "continue_final_message" } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
