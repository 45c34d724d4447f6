import { chatBelowV1 } from "./chat-below-v1.ts";
import type { CatalogEntry } from "./entry.ts";
import { ownServer } from "./own-server.ts";

// Source: huggingface.co/docs/text-generation-inference, "Messages API" (which is OpenAI's chat) and "Launcher arguments"
// (the default port, and four stop sequences). That it takes parallel_tool_calls: not confirmed.
export const tgi: CatalogEntry = {
  ...ownServer,
  id: "tgi",
  title: "Text Generation Inference",
  ...chatBelowV1,
  baseUrl: "http://127.0.0.1:3000",
  chatProfiles: [{ match: "*", profile: { files: false, parallelToolCalls: false } }],
};
