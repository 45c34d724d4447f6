import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";
import { messagesByServer } from "./messages-by-server.ts";
import { ownServer } from "./own-server.ts";

// Sources: docs.sglang.io, "OpenAI-compatible APIs", "Reasoning parser", "Server arguments" (the default port) and
// "Anthropic-Compatible API" (tools, streams, counting). That one learned to carry thinking in June 2026 only
// (sgl-project/sglang #25876), so that it has to be chosen.
export const sglang: CatalogEntry = {
  ...ownServer,
  id: "sglang",
  title: "SGLang",
  ...chatBelowV1,
  choices: [chatBelowV1, { dialect: "anthropic-messages", platform: messagesByServer("SGLang") }],
  baseUrl: "http://127.0.0.1:30000",
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true, reasoningBack: "reasoning_content" } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
