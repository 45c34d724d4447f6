import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";
import { messagesByServer } from "./messages-by-server.ts";
import { ownServer } from "./own-server.ts";

// Sources: lmstudio.ai/docs, "Anthropic compatibility endpoints" and "Use Claude Code with LM Studio" (tools, streams,
// thinking; no counting), "Chat Completions". That efforts are read there: not confirmed.
export const lmstudio: CatalogEntry = {
  ...ownServer,
  id: "lmstudio",
  title: "LM Studio",
  dialect: "anthropic-messages",
  platform: { ...messagesByServer("LM Studio"), counts: false },
  choices: [chatBelowV1],
  baseUrl: "http://127.0.0.1:1234",
  chatProfiles: [
    { match: "*", profile: { files: false, topK: true } },
    { match: "*gpt-oss*", profile: { efforts: ["low", "medium", "high"] } },
  ],
};
