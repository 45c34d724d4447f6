import type { BlockDelta, StreamEvent } from "../messages/events.ts";

/**
 * One event as it goes over the wire, blank line included. The `event:` line is not decoration:
 * Anthropic's SDKs dispatch on it and pass over events without one.
 */
export function encodeEvent(event: StreamEvent): string {
  if (event.type === "content_block_delta") return encodeDelta(event.index, event.delta);
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

// Nearly every event of a stream is one of these three, so only the part that varies is serialized.
function encodeDelta(index: number, delta: BlockDelta): string {
  switch (delta.type) {
    case "text_delta":
      return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(delta.text)}}}\n\n`;
    case "thinking_delta":
      return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"thinking_delta","thinking":${JSON.stringify(delta.thinking)}}}\n\n`;
    case "input_json_delta":
      return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"input_json_delta","partial_json":${JSON.stringify(delta.partial_json)}}}\n\n`;
    default:
      return `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", index, delta })}\n\n`;
  }
}
