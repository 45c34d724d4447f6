import type { MessagesPlatform } from "../platform.ts";

/**
 * DeepSeek's endpoint for Anthropic's clients, which wants the thinking of every turn with tool calls back and reads
 * no signature. Source: api-docs.deepseek.com, "Anthropic API" and "Thinking mode".
 */
export const deepseekMessages: MessagesPlatform = {
  title: "DeepSeek",
  api: "messages",
  gatedFields: [],
  gatedEdits: [],
  billingLine: "cut",
  earlierThinking: "always",
  refusedFields: "leave-out",
  counts: true,
};
