import { type Answer, type AnswerFinish, type AnswerToolCall, type AnswerUsage, finishOf } from "./answer.ts";
import { argumentsOf } from "./count-usage.ts";
import { fieldsAt } from "./json-fields.ts";
import { type ErrorWords, piecesOf, type RenderContext, type Rendering, type WireEvent } from "./rendering.ts";
import { serverSentEvents } from "./server-sent-events.ts";

const finishReasons = {
  stop: "stop",
  tools: "tool_calls",
  length: "length",
  refusal: "content_filter",
} as const satisfies Record<AnswerFinish, string>;

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "invalid_request_error",
  403: "permission_error",
  404: "invalid_request_error",
  429: "rate_limit_error",
  503: "service_unavailable",
};

/** Writes answers as an OpenAI-compatible server does. */
export const chatRendering: Rendering = {
  format: serverSentEvents,
  stream(answer, context) {
    return [
      chunk(context, { role: "assistant", content: "" }, "head"),
      ...reasoningEvents(answer, context),
      ...deltas(answer, answer.text ?? "").map((content) => chunk(context, { content }, "content")),
      ...toolEvents(answer, context),
      chunk(context, {}, "finish", finishReasons[finishOf(answer)]),
      ...usageEvents(context),
      { data: "[DONE]", role: "done" },
    ];
  },
  whole(answer, context) {
    const toolCalls = (answer.toolCalls ?? []).map((call, number) => ({
      id: idOf(call, context, number),
      type: "function",
      function: { name: call.name, arguments: argumentsOf(call) },
    }));
    return {
      id: `chatcmpl-fake-${context.index}`,
      object: "chat.completion",
      created: 1_700_000_000,
      model: context.model,
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            ...wholeText(answer, context),
            ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
          },
          finish_reason: finishReasons[finishOf(answer)],
        },
      ],
      ...(context.usage && { usage: wireUsage(context.usage) }),
    };
  },
  error: chatError,
  errorEvent: (words) => ({ data: JSON.stringify(chatError(words)), role: "content" }),
};

/** OpenAI's envelope of an error. */
export function chatError(words: ErrorWords): unknown {
  return {
    error: {
      message: words.message,
      type: words.type ?? errorTypes[words.status] ?? "server_error",
      param: null,
      code: words.code ?? null,
    },
  };
}

function chunk(
  context: RenderContext,
  delta: Readonly<Record<string, unknown>>,
  ...[role, finish = null]: [role: WireEvent["role"], finish?: string | null]
): WireEvent {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return { data: JSON.stringify({ ...chunkHead(context), choices }), role };
}

function chunkHead(context: RenderContext): Readonly<Record<string, unknown>> {
  return {
    id: `chatcmpl-fake-${context.index}`,
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: context.model,
  };
}

function deltas(answer: Answer, text: string): string[] {
  return piecesOf(text, answer.deltaChars ?? 12);
}

function reasoningEvents(answer: Answer, context: RenderContext): WireEvent[] {
  if (answer.thinking === undefined) return [];
  if (context.reasoningKey === "think-tags") {
    const tagged = `<think>${answer.thinking}</think>`;
    return deltas(answer, tagged).map((content) => chunk(context, { content }, "content"));
  }
  const key = context.reasoningKey;
  return deltas(answer, answer.thinking).map((piece) => chunk(context, { [key]: piece }, "content"));
}

function wholeText(answer: Answer, { reasoningKey }: RenderContext): Readonly<Record<string, unknown>> {
  const content = answer.text ?? null;
  if (answer.thinking === undefined) return { content };
  if (reasoningKey === "think-tags") return { content: `<think>${answer.thinking}</think>${content ?? ""}` };
  return { [reasoningKey]: answer.thinking, content };
}

function toolEvents(answer: Answer, context: RenderContext): WireEvent[] {
  const calls = (answer.toolCalls ?? []).map((call, index) => [
    toolDelta(context, {
      index,
      id: idOf(call, context, index),
      type: "function",
      function: { name: call.name, arguments: "" },
    }),
    ...deltas(answer, argumentsOf(call)).map((piece) => toolDelta(context, { index, function: { arguments: piece } })),
  ]);
  return answer.interleaved === true ? takeTurns(calls) : calls.flat();
}

function toolDelta(context: RenderContext, call: Readonly<Record<string, unknown>>): WireEvent {
  return chunk(context, { tool_calls: [call] }, "content");
}

function takeTurns<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

function idOf(call: AnswerToolCall, context: RenderContext, number: number): string {
  return call.id ?? `call_fake_${context.index}_${number}`;
}

function usageEvents(context: RenderContext): WireEvent[] {
  if (context.usage === undefined || fieldsAt(context.body, "stream_options")["include_usage"] !== true) return [];
  const usage = wireUsage(context.usage);
  return [{ data: JSON.stringify({ ...chunkHead(context), choices: [], usage }), role: "usage" }];
}

function wireUsage(usage: Required<AnswerUsage>): Readonly<Record<string, unknown>> {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
    },
    completion_tokens_details: { reasoning_tokens: usage.thinkingTokens },
  };
}
