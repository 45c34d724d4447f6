import { EventStreamCodec } from "@smithy/eventstream-codec";
import { type Answer, type AnswerFinish, type AnswerUsage, finishOf } from "./answer.ts";
import { argumentsOf } from "./count-usage.ts";
import type { Fields } from "./json-fields.ts";
import { type ErrorWords, piecesOf, type RenderContext, type Rendering, type WireEvent } from "./rendering.ts";
import { signatureOf } from "./signature-of.ts";

const stopReasons = {
  stop: "end_turn",
  tools: "tool_use",
  length: "max_tokens",
  refusal: "content_filtered",
} as const satisfies Record<AnswerFinish, string>;

// Source: the errors of Converse and ConverseStream in @aws-sdk/client-bedrock-runtime.
const exceptions: Readonly<Record<number, string>> = {
  400: "ValidationException",
  401: "AccessDeniedException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : decoder.decode(bytes)),
  (text) => encoder.encode(text),
);

/** Writes answers as Amazon Bedrock's Converse and ConverseStream do, in frames of AWS's own library. */
export const converseRendering: Rendering = {
  format: { contentType: "application/vnd.amazon.eventstream", write: frame },
  stream(answer, context) {
    const stop = { stopReason: stopReasons[finishOf(answer)] };
    return [
      named("messageStart", { role: "assistant" }, "head"),
      ...blocksOf(answer, context).flatMap(blockEvents),
      named("messageStop", stop, "finish"),
      ...(context.usage ? [named("metadata", metadataOf(context.usage), "usage")] : []),
    ];
  },
  whole: (answer, context) => ({
    output: { message: { role: "assistant", content: blocksOf(answer, context).map((block) => block.whole) } },
    stopReason: stopReasons[finishOf(answer)],
    ...(context.usage && metadataOf(context.usage)),
  }),
  error: ({ message }) => ({ message }),
  errorHeaders: (words) => ({
    "x-amzn-errortype": `${exceptionOf(words)}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  }),
  errorEvent(words) {
    const name = exceptionOf(words);
    return named(name.charAt(0).toLowerCase() + name.slice(1), { message: words.message }, "content");
  },
};

function exceptionOf({ status, type }: ErrorWords): string {
  return type ?? exceptions[status] ?? "InternalServerException";
}

function frame({ event = "", data }: WireEvent): Uint8Array {
  const kind = event.endsWith("Exception") ? "exception" : "event";
  return codec.encode({
    headers: {
      [`:${kind}-type`]: { type: "string", value: event },
      ":content-type": { type: "string", value: "application/json" },
      ":message-type": { type: "string", value: kind },
    },
    body: encoder.encode(data),
  });
}

function named(event: string, body: Fields, role: WireEvent["role"]): WireEvent {
  return { event, data: JSON.stringify(body), role };
}

interface RenderedBlock {
  /** Only calls of tools announce themselves. */
  readonly start?: Fields;
  readonly deltas: readonly Fields[];
  readonly whole: Fields;
}

function blocksOf(answer: Answer, context: RenderContext): RenderedBlock[] {
  return [...reasoningBlock(answer), ...textBlock(answer), ...toolBlocks(answer, context)];
}

function reasoningBlock({ thinking, deltaChars = 12 }: Answer): RenderedBlock[] {
  if (thinking === undefined) return [];
  const signature = signatureOf(thinking);
  return [
    {
      deltas: [
        ...piecesOf(thinking, deltaChars).map((text) => ({ reasoningContent: { text } })),
        { reasoningContent: { signature } },
      ],
      whole: { reasoningContent: { reasoningText: { text: thinking, signature } } },
    },
  ];
}

function textBlock({ text, deltaChars = 12 }: Answer): RenderedBlock[] {
  return text === undefined
    ? []
    : [{ deltas: piecesOf(text, deltaChars).map((piece) => ({ text: piece })), whole: { text } }];
}

function toolBlocks({ toolCalls = [], deltaChars = 12 }: Answer, { index }: RenderContext): RenderedBlock[] {
  return toolCalls.map((call, number) => {
    const { name } = call;
    const toolUseId = call.id ?? `tooluse_fake_${index}_${number}`;
    return {
      start: { toolUse: { toolUseId, name } },
      deltas: piecesOf(argumentsOf(call), deltaChars).map((input) => ({ toolUse: { input } })),
      whole: { toolUse: { toolUseId, name, input: call.input } },
    };
  });
}

function blockEvents({ start, deltas }: RenderedBlock, contentBlockIndex: number): WireEvent[] {
  return [
    ...(start ? [named("contentBlockStart", { contentBlockIndex, start }, "content")] : []),
    ...deltas.map((delta) => named("contentBlockDelta", { contentBlockIndex, delta }, "content")),
    named("contentBlockStop", { contentBlockIndex }, "content"),
  ];
}

function metadataOf(usage: Required<AnswerUsage>): Fields {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return {
    usage: {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
      cacheReadInputTokens: cacheReadTokens,
      cacheWriteInputTokens: cacheWriteTokens,
    },
    metrics: { latencyMs: 42 },
  };
}
