import { reasons } from "../../../conversation/reasons.ts";
import type { MessagesPlatform } from "../platform.ts";
import { compatibleRules } from "./compatible-rules.ts";

/**
 * MiniMax's endpoint for Anthropic's clients, which takes no documents and passes over `top_k` and `stop_sequences`.
 * Source: platform.minimax.io, "Compatible Anthropic API".
 */
export const minimaxMessages: MessagesPlatform = {
  ...compatibleRules,
  title: "MiniMax",
  gatedFields: [
    ...compatibleRules.gatedFields,
    { in: "request", field: "top_k", betas: [], reason: reasons.topK },
    { in: "request", field: "stop_sequences", betas: [], reason: "The endpoint passes over stop sequences." },
  ],
  blocks: {
    inMessages: new Set(["text", "image", "tool_result", "thinking", "tool_use"]),
    inResults: new Set(["text", "image"]),
  },
};
