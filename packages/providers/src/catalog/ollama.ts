import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";
import { messagesByServer } from "./messages-by-server.ts";
import { ownServer } from "./own-server.ts";

// Sources: docs.ollama.com, "Anthropic compatibility" (since 0.14: tools, streams, thinking; no counting, no choice of a
// tool, no PDFs) and "OpenAI compatibility". That unknown fields are ignored: not confirmed.
export const ollama: CatalogEntry = {
  ...ownServer,
  id: "ollama",
  title: "Ollama",
  dialect: "anthropic-messages",
  platform: { ...messagesByServer("Ollama"), counts: false },
  choices: [chatBelowV1],
  baseUrl: "http://127.0.0.1:11434",
  chatProfiles: [
    { match: "*", profile: { files: false, toolChoiceRequired: false, reasoningBack: "reasoning" } },
    { match: "gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
