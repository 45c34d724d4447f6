import { isRecord } from "../../json/is-record.ts";
import type { ContentBlock } from "../../messages/content.ts";
import type { ChatMessage } from "./chat-request.ts";

/** Tells what this package wrote from what providers that send such details write themselves. */
const format = "drawbridge-v1";

/** One detail of an answer's reasoning, in the shape in which OpenRouter sends them and clients return them. */
export type ReasoningDetail =
  | { readonly type: "reasoning.text"; readonly text?: unknown; readonly signature: unknown; readonly format: string }
  | { readonly type: "reasoning.encrypted"; readonly data: unknown; readonly format: string };

/** What proves an answer's thinking; a stream leaves the text out, which has gone before. */
export function thinkingDetail(signature: unknown, text?: unknown): ReasoningDetail {
  return { type: "reasoning.text", ...(text === undefined ? {} : { text }), signature, format };
}

/** Thinking that nobody but its provider can read. */
export function redactedDetail(data: unknown): ReasoningDetail {
  return { type: "reasoning.encrypted", data, format };
}

/** True when a conversation holds reasoning that this package has translated, and that may be any provider's. */
export function hasOwnDetails(messages: readonly ChatMessage[]): boolean {
  return messages.some(({ reasoning_details: details }) => {
    return Array.isArray(details) && details.some((detail) => isRecord(detail) && detail["format"] === format);
  });
}

/**
 * Earlier reasoning as thinking: from `reasoning_details`, which carry what proves it, else from
 * `reasoning_content`.
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
