import type { ScriptedAnswer } from "./scripted-answer.ts";

/** The answer as Anthropic streams it. Source: Anthropic docs, "Streaming messages". */
export function messagesStream({ thinking, text, tool }: ScriptedAnswer): string[] {
  const usage = { input_tokens: 1_200, cache_read_input_tokens: 11_000, output_tokens: 1 };
  const head = { id: "msg_01", type: "message", role: "assistant", model: "claude-sonnet-5-5", content: [] };
  return [
    event("message_start", { message: { ...head, stop_reason: null, stop_sequence: null, usage } }),
    ...block(0, { type: "thinking", thinking: "", signature: "" }, [
      ...thinking.map((piece) => ({ type: "thinking_delta", thinking: piece })),
      { type: "signature_delta", signature: "c2lnbmF0dXJl".repeat(24) },
    ]),
    ...block(
      1,
      { type: "text", text: "" },
      text.map((piece) => ({ type: "text_delta", text: piece })),
    ),
    ...block(
      2,
      { type: "tool_use", id: tool.id, name: tool.name, input: {} },
      tool.input.map((piece) => ({ type: "input_json_delta", partial_json: piece })),
    ),
    event("message_delta", {
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { ...usage, output_tokens: 1_450 },
    }),
    event("message_stop", {}),
  ];
}

function block(index: number, start: object, deltas: readonly object[]): string[] {
  return [
    event("content_block_start", { index, content_block: start }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
