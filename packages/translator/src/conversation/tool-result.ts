import type { ContentBlock, ToolResultBlock } from "../messages/content.ts";
import { blocksOf } from "./blocks-of.ts";
import { readEmbeddedMedia } from "./embedded-media.ts";

/** Stands for a result that the conversation does not hold: providers refuse a call without one. */
export const interruptedOutput = "[no result: interrupted]";

/** The text of a failed call, so that a model sees the failure where the provider has no flag for it. */
export function markError(text: string): string {
  if (/^\s*(error\b|<tool_use_error>)/i.test(text)) return text;
  return text === "" ? "Error" : `Error: ${text}`;
}

/** What a tool gave as blocks, with images that stand as JSON or as a data URL in a text lifted out of it. */
export function resultBlocks(content: ToolResultBlock["content"]): readonly ContentBlock[] {
  if (typeof content === "string") return readEmbeddedMedia(content) ?? blocksOf(content);
  if (content === undefined || content === null || Array.isArray(content)) return blocksOf(content).flatMap(unpack);
  // Some clients send a bare object; it is said once, as JSON.
  return [{ type: "text", text: JSON.stringify(content) }];
}

function unpack(block: ContentBlock): readonly ContentBlock[] {
  return (block.type === "text" && typeof block.text === "string" && readEmbeddedMedia(block.text)) || [block];
}
