import { inPieces } from "./in-pieces.ts";

/** How the loopback provider answers until it is told otherwise. */
export interface AnswerMode {
  /** `held`: the beginning of a stream, which then stays open. */
  readonly kind: "whole" | "stream" | "held";
  /** Events that go out in one write. */
  readonly eventsPerWrite: number;
  /** Milliseconds between two writes; without it each follows in the next turn of the loop. */
  readonly pauseMs?: number;
}

/** One answer in one dialect: its content type and the pieces that are written one by one. */
export interface ProviderAnswer {
  readonly contentType: string;
  readonly pieces: readonly Uint8Array[];
}

export type WireDialect = "messages" | "chat";

/** Events in a streamed answer, framing included. */
export const streamEvents = 200;

const words = [" the", " function", " reads", " each", " line", ", and", " `total`", " of", "\n", " items"];
const word = (index: number): string => words[index % words.length] ?? "";
const answerText = Array.from({ length: 180 }, (_, index) => word(index)).join("");

const messageHead = { id: "msg_01", type: "message", role: "assistant", model: "claude-opus-5-5" };
const messagesUsage = {
  input_tokens: 1200,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 11_000,
  output_tokens: 196,
};
const chatUsage = {
  prompt_tokens: 12_200,
  completion_tokens: 196,
  total_tokens: 12_396,
  prompt_tokens_details: { cached_tokens: 11_000 },
};

function messagesEvents(): string[] {
  const event = (type: string, rest: object = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const opening = { ...messageHead, content: [], stop_reason: null, stop_sequence: null };
  const before = [
    event("message_start", { message: { ...opening, usage: { ...messagesUsage, output_tokens: 1 } } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ];
  const after = [
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: messagesUsage }),
    event("message_stop"),
  ];
  const deltas = Array.from({ length: streamEvents - before.length - after.length }, (_, index) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: word(index) } }),
  );
  return [...before, ...deltas, ...after];
}

function chatEvents(): string[] {
  const chunk = (rest: object): string => {
    const head = { id: "chatcmpl-01", object: "chat.completion.chunk", created: 1_790_000_000, model: "qwen3-coder" };
    return `data: ${JSON.stringify({ ...head, ...rest })}\n\n`;
  };
  const choice = (delta: object, finish: string | null): string =>
    chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  const before = [choice({ role: "assistant", content: "" }, null)];
  const after = [choice({}, "stop"), chunk({ choices: [], usage: chatUsage }), "data: [DONE]\n\n"];
  const deltas = Array.from({ length: streamEvents - before.length - after.length }, (_, index) =>
    choice({ content: word(index) }, null),
  );
  return [...before, ...deltas, ...after];
}

/** The events of a streamed answer in one dialect, each as it stands on the wire. */
export function wireEvents(dialect: WireDialect): string[] {
  return dialect === "messages" ? messagesEvents() : chatEvents();
}

/** The body of a whole answer in one dialect. */
export function wholeBody(dialect: WireDialect): string {
  if (dialect === "messages") {
    const content = [{ type: "text", text: answerText }];
    return JSON.stringify({
      ...messageHead,
      content,
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: messagesUsage,
    });
  }
  const message = { role: "assistant", content: answerText, refusal: null };
  return JSON.stringify({
    id: "chatcmpl-01",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "qwen3-coder",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: chatUsage,
  });
}

/** Everything that the provider writes for one request. */
export function providerAnswer(dialect: WireDialect, mode: AnswerMode): ProviderAnswer {
  if (mode.kind === "whole") {
    return { contentType: "application/json", pieces: [new TextEncoder().encode(wholeBody(dialect))] };
  }
  const events = wireEvents(dialect);
  const shown = mode.kind === "held" ? events.slice(0, 5) : events;
  return { contentType: "text/event-stream", pieces: inPieces(shown, mode.eventsPerWrite) };
}
