/** Writes an answer in one wire format. */
export interface AnswerWriter {
  readonly contentType: string;
  head(answer: Answer): string;
  /** More of its text. */
  piece(text: string): string;
  /** Ends the answer well. Without usage the provider does not say what it has used. */
  end(answer: Answer, usage: TokenCount | undefined): string;
  /** Breaks the stream off with an error. */
  error(): string;
}

/** An answer to be written. */
export interface Answer {
  readonly label: string;
  readonly inputTokens: number;
  /** All of it. */
  readonly text: string;
}

/** What the provider says it has used. */
export interface TokenCount {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const model = "chaos";
const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const line = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** Streams of the Messages API. */
export const messagesWriter: AnswerWriter = {
  contentType: "text/event-stream",
  head: ({ label, inputTokens }) =>
    event("message_start", {
      type: "message_start",
      message: {
        id: `msg_${label}`,
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: inputTokens, output_tokens: 1 },
      },
    }) +
    event("content_block_start", {
      type: "content_block_start",
      index: 0,
      content_block: { type: "text", text: "" },
    }),
  piece: (text) =>
    event("content_block_delta", { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  end: (_, usage) =>
    event("content_block_stop", { type: "content_block_stop", index: 0 }) +
    event("message_delta", {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      ...(usage && { usage: { output_tokens: usage.outputTokens } }),
    }) +
    event("message_stop", { type: "message_stop" }),
  error: () => event("error", { type: "error", error: { type: "overloaded_error", message: "overloaded" } }),
};

/** Streams of chat completions. */
export const chatWriter: AnswerWriter = {
  contentType: "text/event-stream",
  head: ({ label }) => line({ ...chunk(label), choices: [{ index: 0, delta: { role: "assistant", content: "" } }] }),
  piece: (content) => line({ choices: [{ index: 0, delta: { content } }] }),
  end: (_, usage) =>
    line({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) +
    (usage === undefined
      ? ""
      : line({
          choices: [],
          usage: {
            prompt_tokens: usage.inputTokens,
            completion_tokens: usage.outputTokens,
            total_tokens: usage.inputTokens + usage.outputTokens,
          },
        })) +
    "data: [DONE]\n\n",
  error: () => line({ error: { message: "overloaded", type: "server_error", code: 503 } }),
};

function chunk(label: string): object {
  return { id: `chatcmpl-${label}`, object: "chat.completion.chunk", created: 1, model };
}

/** Whole answers of the Messages API: one JSON text at the end. */
export const wholeWriter: AnswerWriter = {
  contentType: "application/json",
  head: () => "",
  piece: () => "",
  end: ({ label, inputTokens, text }, usage) =>
    JSON.stringify({
      id: `msg_${label}`,
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      stop_sequence: null,
      ...(usage && { usage: { input_tokens: inputTokens, output_tokens: usage.outputTokens } }),
    }),
  error: () => "",
};
