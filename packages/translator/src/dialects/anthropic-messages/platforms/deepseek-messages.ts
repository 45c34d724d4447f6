import { reasons } from "../../../conversation/reasons.ts";
import type { MessagesPlatform } from "../platform.ts";
import { compatibleRules } from "./compatible-rules.ts";

/**
 * DeepSeek's endpoint for Anthropic's clients, which wants the thinking of every turn with tool calls back, reads no
 * signature and refuses blocks of other types than it lists. Source: api-docs.deepseek.com, "Messages API", "Anthropic
 * API" and "Thinking mode".
 */
export const deepseekMessages: MessagesPlatform = {
  ...compatibleRules,
  title: "DeepSeek",
  gatedFields: [...compatibleRules.gatedFields, { in: "request", field: "top_k", betas: [], reason: reasons.topK }],
  blocks: {
    inMessages: new Set([
      "text",
      "image",
      "tool_result",
      "thinking",
      "tool_use",
      "server_tool_use",
      "web_search_tool_result",
    ]),
    inResults: new Set(["text", "image"]),
  },
  earlierThinking: "always",
  webSearch: true,
};
