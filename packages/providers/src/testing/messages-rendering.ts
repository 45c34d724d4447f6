import { type Answer, type AnswerFinish, type AnswerUsage, finishOf } from "./answer.ts";
import { argumentsOf } from "./count-usage.ts";
import { signatureOf } from "./signature-of.ts";
import { type ErrorWords, piecesOf, type RenderContext, type Rendering, type WireEvent } from "./rendering.ts";
import { serverSentEvents } from "./server-sent-events.ts";

const stopReasons = {
  stop: "end_turn",
  tools: "tool_use",
  length: "max_tokens",
  refusal: "refusal",
} as const satisfies Record<AnswerFinish, string>;

// Source: Anthropic docs, "Errors".
const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** Writes answers as Anthropic does. */
export const messagesRendering: Rendering = {
  format: serverSentEvents,
  stream(answer, context) {
    return [
      named("message_start", { message: headOf(context) }, "head"),
      named("ping", {}, "head"),
      ...blocksOf(answer, context).flatMap(blockEvents),
      named(
        "message_delta",
        {
          delta: { stop_reason: stopOf(answer), stop_sequence: null },
          usage: { output_tokens: context.usage?.outputTokens ?? 0 },
        },
        "finish",
      ),
      named("message_stop", {}, "done"),
    ];
  },
  whole: (answer, context) => ({
    ...headOf(context),
    content: blocksOf(answer, context).map((block) => block.whole),
    stop_reason: stopOf(answer),
    usage: wireUsage(context.usage),
  }),
  error: messagesError,
  errorEvent: (words) => ({ event: "error", data: JSON.stringify(messagesError(words)), role: "content" }),
};

function messagesError(words: ErrorWords): unknown {
  return {
    type: "error",
    error: { type: words.type ?? errorTypes[words.status] ?? "api_error", message: words.message },
    request_id: "req_fake",
  };
}

interface RenderedBlock {
  readonly start: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Readonly<Record<string, unknown>>[];
  readonly whole: Readonly<Record<string, unknown>>;
}

function named(event: string, body: Readonly<Record<string, unknown>>, role: WireEvent["role"]): WireEvent {
  return { event, data: JSON.stringify({ type: event, ...body }), role };
}

function headOf(context: RenderContext): Readonly<Record<string, unknown>> {
  return {
    id: `msg_fake_${context.index}`,
    type: "message",
    role: "assistant",
    model: context.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...wireUsage(context.usage), output_tokens: 1 },
  };
}

function wireUsage(usage: Required<AnswerUsage> | undefined): Readonly<Record<string, number>> {
  return {
    input_tokens: usage?.inputTokens ?? 0,
    cache_creation_input_tokens: usage?.cacheWriteTokens ?? 0,
    cache_read_input_tokens: usage?.cacheReadTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
  };
}

function stopOf(answer: Answer): string {
  return stopReasons[finishOf(answer)];
}

function blocksOf(answer: Answer, context: RenderContext): RenderedBlock[] {
  return [...thinkingBlock(answer), ...textBlock(answer), ...toolBlocks(answer, context)];
}

function thinkingBlock(answer: Answer): RenderedBlock[] {
  const { thinking } = answer;
  if (thinking === undefined) return [];
  const signature = signatureOf(thinking);
  const pieces = piecesOf(thinking, answer.deltaChars ?? 12);
  return [
    {
      start: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        ...pieces.map((piece) => ({ type: "thinking_delta", thinking: piece })),
        { type: "signature_delta", signature },
      ],
      whole: { type: "thinking", thinking, signature },
    },
  ];
}

function textBlock(answer: Answer): RenderedBlock[] {
  const { text } = answer;
  if (text === undefined) return [];
  return [
    {
      start: { type: "text", text: "" },
      deltas: piecesOf(text, answer.deltaChars ?? 12).map((piece) => ({ type: "text_delta", text: piece })),
      whole: { type: "text", text },
    },
  ];
}

function toolBlocks(answer: Answer, context: RenderContext): RenderedBlock[] {
  return (answer.toolCalls ?? []).map((call, number) => {
    const id = call.id ?? `toolu_fake_${context.index}_${number}`;
    return {
      start: { type: "tool_use", id, name: call.name, input: {} },
      deltas: piecesOf(argumentsOf(call), answer.deltaChars ?? 12).map((piece) => ({
        type: "input_json_delta",
        partial_json: piece,
      })),
      whole: { type: "tool_use", id, name: call.name, input: call.input },
    };
  });
}

function blockEvents(block: RenderedBlock, index: number): WireEvent[] {
  return [
    named("content_block_start", { index, content_block: block.start }, "content"),
    ...block.deltas.map((delta) => named("content_block_delta", { index, delta }, "content")),
    named("content_block_stop", { index }, "content"),
  ];
}
