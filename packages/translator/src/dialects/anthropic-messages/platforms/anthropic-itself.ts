import type { MessagesPlatform } from "../platform.ts";

/** Anthropic's own API, which takes everything as it comes; so do servers of which nothing else is known. */
export const anthropicItself: MessagesPlatform = {
  title: "Anthropic",
  api: "messages",
  gatedFields: [],
  gatedEdits: [],
  billingLine: "keep",
  systemMessages: "native",
  earlierThinking: "verified",
  webSearch: true,
  refusedFields: "tell",
  counts: true,
};
