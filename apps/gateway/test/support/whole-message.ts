/** The usage that a provider reports with an answer. */
export interface ToldUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** A whole answer of a provider of the Messages API, as JSON. */
export function wholeMessage(usage: ToldUsage): string {
  return JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "big",
    content: [{ type: "text", text: "Here." }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  });
}
