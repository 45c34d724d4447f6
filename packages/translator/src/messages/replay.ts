import type { Answer } from "./answer.ts";
import type { ContentBlock } from "./content.ts";
import type { BlockDelta, BlockStart, StreamEvent } from "./events.ts";

interface Played {
  readonly start: BlockStart;
  readonly deltas: readonly BlockDelta[];
}

/** Tells a whole answer as the events of a stream, for a client that asked for one. */
export function replayAnswer(answer: Answer): StreamEvent[] {
  const { id, model, content, stop_reason, stop_sequence, stop_details, usage, context_management } = answer;
  const events: StreamEvent[] = [
    {
      type: "message_start",
      message: {
        id,
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 0 },
      },
    },
  ];
  let index = 0;
  for (const block of content) {
    const played = play(block);
    if (played === undefined) continue;
    events.push({ type: "content_block_start", index, content_block: played.start });
    for (const delta of played.deltas) events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
    index += 1;
  }
  const delta = { stop_reason, stop_sequence, ...(stop_details && { stop_details }) };
  events.push(
    { type: "message_delta", delta, usage, ...(context_management && { context_management }) },
    { type: "message_stop" },
  );
  return events;
}

/** Undefined for blocks that only clients write, such as images: no answer has them. */
function play(block: ContentBlock): Played | undefined {
  switch (block.type) {
    case "text":
      return { start: { type: "text", text: "" }, deltas: textDeltas(block.text, block.citations) };
    case "thinking":
      return {
        start: { type: "thinking", thinking: "", signature: "" },
        deltas: thinkingDeltas(block.thinking, block.signature ?? ""),
      };
    case "redacted_thinking":
      return { start: block, deltas: [] };
    case "tool_use":
      return {
        start: { type: "tool_use", id: block.id, name: block.name, input: {} },
        deltas: inputDeltas(block.input),
      };
    case "server_tool_use":
      return {
        start: { type: "server_tool_use", id: block.id, name: block.name, input: {} },
        deltas: inputDeltas(block.input),
      };
    case "web_search_tool_result":
      return { start: block, deltas: [] };
    case "compaction": {
      const bare = { content: null, encrypted_content: null };
      const delta = { type: "compaction_delta", ...bare, content: block.content ?? null } as const;
      return { start: { type: "compaction", ...bare }, deltas: [delta] };
    }
    default:
      return undefined;
  }
}

function textDeltas(text: string, citations: readonly unknown[] | null | undefined): BlockDelta[] {
  const deltas: BlockDelta[] = text === "" ? [] : [{ type: "text_delta", text }];
  for (const citation of citations ?? []) deltas.push({ type: "citations_delta", citation });
  return deltas;
}

function thinkingDeltas(thinking: string, signature: string): BlockDelta[] {
  const deltas: BlockDelta[] = thinking === "" ? [] : [{ type: "thinking_delta", thinking }];
  if (signature !== "") deltas.push({ type: "signature_delta", signature });
  return deltas;
}

function inputDeltas(input: unknown): BlockDelta[] {
  const partial_json = JSON.stringify(input ?? {});
  return partial_json === "{}" ? [] : [{ type: "input_json_delta", partial_json }];
}
