import type { MessagesPlatform } from "../platform.ts";
import { compatibleRules } from "./compatible-rules.ts";

/**
 * Moonshot's endpoint for Anthropic's clients. It refuses references to tools, and its models want their thinking back.
 * Source: platform.kimi.ai; MoonshotAI/Kimi-K2 #118 and #141 for what it refuses.
 */
export const moonshotMessages: MessagesPlatform = {
  ...compatibleRules,
  title: "Moonshot AI",
  blocks: {
    inMessages: new Set(["text", "image", "tool_result", "thinking", "tool_use"]),
    inResults: new Set(["text", "image"]),
  },
  earlierThinking: "always",
};
