import type { Answer } from "./answer.ts";
import type { ContentBlock } from "./content.ts";
import type { BlockDelta, BlockStart, MessageHead, StreamEvent } from "./events.ts";
import { isJsonObject } from "./tool-input.ts";

interface OpenBlock {
  readonly start: BlockStart;
  text: string;
  signature: string;
  citations: unknown[];
}

interface Folded {
  readonly head: MessageHead;
  readonly blocks: readonly OpenBlock[];
  readonly end: Extract<StreamEvent, { type: "message_delta" }>;
}

/** Folds the events of a complete stream into the whole answer; undefined when the stream has no beginning or no end. */
export function assembleAnswer(events: Iterable<StreamEvent>): Answer | undefined {
  const folded = fold(events);
  return folded && { ...envelopeOf(folded), content: folded.blocks.map((block) => finishBlock(block)) };
}

/**
 * The same answer as JSON. The inputs of tool calls keep the text in which they came, so that numbers which JavaScript
 * cannot hold survive.
 */
export function encodeAnswer(events: Iterable<StreamEvent>): string | undefined {
  const folded = fold(events);
  if (folded === undefined) return undefined;
  const content = folded.blocks.map((block) => encodeBlock(block)).join(",");
  const [before = "", after = ""] = JSON.stringify(envelopeOf(folded)).split(contentMark);
  return `${before}"content":[${content}]${after}`;
}

/** No text of the answer can hold this: its quotes would be escaped there. */
const contentMark = '"content":[]';

function fold(events: Iterable<StreamEvent>): Folded | undefined {
  let head: MessageHead | undefined;
  let end: Folded["end"] | undefined;
  const blocks: OpenBlock[] = [];
  for (const event of events) {
    if (event.type === "message_start") head = event.message;
    else if (event.type === "message_delta") end = event;
    else if (event.type === "error") return undefined;
    else if (event.type === "content_block_start") {
      blocks.push({ start: event.content_block, text: "", signature: "", citations: [] });
    } else if (event.type === "content_block_delta") {
      const block = blocks[event.index];
      if (block !== undefined) extend(block, event.delta);
    }
  }
  return head && end && { head, blocks, end };
}

function extend(block: OpenBlock, delta: BlockDelta): void {
  switch (delta.type) {
    case "text_delta":
      block.text += delta.text;
      break;
    case "thinking_delta":
      block.text += delta.thinking;
      break;
    case "input_json_delta":
      block.text += delta.partial_json;
      break;
    case "signature_delta":
      block.signature = delta.signature;
      break;
    case "compaction_delta":
      block.text += delta.content ?? "";
      break;
    case "citations_delta":
      block.citations.push(delta.citation);
      break;
  }
}

function envelopeOf({ head, end }: Folded): Answer {
  return {
    id: head.id,
    type: "message",
    role: "assistant",
    model: head.model,
    content: [],
    stop_reason: end.delta.stop_reason,
    stop_sequence: end.delta.stop_sequence,
    ...(end.delta.stop_details && { stop_details: end.delta.stop_details }),
    usage: end.usage,
    ...(end.context_management && { context_management: end.context_management }),
  };
}

function finishBlock({ start, text, signature, citations }: OpenBlock): ContentBlock {
  switch (start.type) {
    case "text":
      return citations.length === 0 ? { type: "text", text } : { type: "text", text, citations };
    case "thinking":
      return { type: "thinking", thinking: text, signature };
    case "tool_use":
    case "server_tool_use": {
      const input: unknown = JSON.parse(inputText(text));
      return { ...start, input };
    }
    case "compaction":
      return { ...start, content: text === "" ? null : text };
    default:
      return start;
  }
}

function encodeBlock(block: OpenBlock): string {
  const { start, text } = block;
  if (start.type !== "tool_use" && start.type !== "server_tool_use") return JSON.stringify(finishBlock(block));
  return `{"type":"${start.type}","id":${JSON.stringify(start.id)},"name":${JSON.stringify(start.name)},"input":${inputText(text)}}`;
}

function inputText(text: string): string {
  return isJsonObject(text) ? text : "{}";
}
