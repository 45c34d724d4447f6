import type { MessagesPlatform } from "../platform.ts";
import { compatibleRules } from "./compatible-rules.ts";

/**
 * An endpoint that another vendor offers to Anthropic's clients and of which no more is known than what all have in
 * common, such as those of Z.ai and of Alibaba Cloud's Model Studio. Blocks that only Anthropic's services write are
 * put into words; images and documents pass, for the model's name tells nothing of them.
 */
export const compatibleMessages: MessagesPlatform = {
  ...compatibleRules,
  title: "The endpoint",
  blocks: {
    inMessages: new Set(["text", "image", "document", "tool_result", "thinking", "tool_use"]),
    inResults: new Set(["text", "image", "document"]),
  },
};
