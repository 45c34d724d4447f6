import { isRecord } from "../../json/is-record.ts";
import type { ContentBlock } from "../../messages/content.ts";
import type { ChatMessage } from "./chat-request.ts";

/**
 * Earlier reasoning as thinking: from `reasoning_details`, which carry what proves it, else from
 * `reasoning_content`. Both are as `encode-answer` and `stream-encoder` write them.
 */
export function decodeReasoning({ reasoning_content: text, reasoning_details: details }: ChatMessage): ContentBlock[] {
  const blocks = Array.isArray(details) ? blocksOf(details) : [];
  if (!text) return blocks;
  const [only] = blocks;
  if (only === undefined) return [{ type: "thinking", thinking: text }];
  // Streamed details hold the proof alone, as the text went before them.
  const isBare = blocks.length === 1 && only.type === "thinking" && only.thinking === "";
  return isBare ? [{ ...only, thinking: text }] : blocks;
}

function blocksOf(details: readonly unknown[]): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  let text = "";
  for (const detail of details) {
    if (!isRecord(detail)) continue;
    const { type, signature, data } = detail;
    if (type === "reasoning.encrypted" && typeof data === "string") blocks.push({ type: "redacted_thinking", data });
    if (type !== "reasoning.text") continue;
    if (typeof detail["text"] === "string") text += detail["text"];
    if (typeof signature !== "string" || signature === "") continue;
    blocks.push({ type: "thinking", thinking: text, signature });
    text = "";
  }
  return text === "" ? blocks : [...blocks, { type: "thinking", thinking: text }];
}
