import fc from "fast-check";
import type { OpenAI } from "openai";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Answer } from "../../messages/answer.ts";
import type { ContentBlock } from "../../messages/content.ts";
import type { StreamEvent } from "../../messages/events.ts";
import {
  answerWith,
  anyAnswer,
  callOf,
  dataOf,
  messagesStream,
  nativeTranslation,
  told,
} from "../../testing/client-calls.ts";
import { cutEverywhere } from "../../testing/cut-everywhere.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { ChatUsage } from "./chat-usage.ts";
import { chatClient } from "./index.ts";
import { ChatStreamEncoder } from "./stream-encoder.ts";

type Chunk = OpenAI.ChatCompletionChunk;
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta & {
  readonly reasoning_content?: string;
  readonly reasoning_details?: object[];
};

/** The SDK's types are not exact about what is optional. */
type Loosened<T> = { [K in keyof T]: T[K] };

const request = {
  model: "claude-sonnet-5-5",
  messages: [{ role: "user", content: "hi" }],
  tools: [
    { type: "function", function: { name: "read" } },
    { type: "custom", custom: { name: "patch" } },
  ],
  stream_options: { include_usage: true },
};
const call = callOf(chatClient, request);
const rich: readonly ContentBlock[] = [
  { type: "thinking", thinking: "Why not.", signature: "SIG" },
  { type: "redacted_thinking", data: "HID" },
  { type: "text", text: "See " },
  { type: "text", text: "there", citations: [{ url: "https://a.example", title: "A" }, { document_index: 0 }] },
  { type: "tool_use", id: "t1", name: "read", input: { path: "/x" } },
  { type: "tool_use", id: "t2", name: "read", input: {} },
  { type: "tool_use", id: "t3", name: "patch", input: { input: "*** Begin" } },
];
const richMessage = {
  role: "assistant",
  content: "See there",
  refusal: null,
  reasoning_content: "Why not.",
  tool_calls: [
    { id: "t1", type: "function", function: { name: "read", arguments: '{"path":"/x"}' } },
    { id: "t2", type: "function", function: { name: "read", arguments: "{}" } },
    { id: "t3", type: "custom", custom: { name: "patch", input: "*** Begin" } },
  ],
  annotations: [
    { type: "url_citation", url_citation: { start_index: 4, end_index: 9, url: "https://a.example", title: "A" } },
  ],
};

function whole(answer: Answer): OpenAI.ChatCompletion {
  return JSON.parse(told(call, answer, "whole")) as OpenAI.ChatCompletion;
}

/** What a client makes of chunks by putting their deltas together. */
function fold(chunks: readonly Chunk[]): object {
  const deltas = chunks.flatMap(({ choices }): Delta[] => choices.map(({ delta }) => delta));
  const calls = new Map<number, Partial<OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall>>();
  for (const { index, ...part } of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    const before = calls.get(index)?.function;
    if (before === undefined) calls.set(index, part);
    else before.arguments = `${before.arguments}${part.function?.arguments}`;
  }
  return {
    content: deltas.map((delta) => delta.content ?? "").join(""),
    reasoning: deltas.map((delta) => delta.reasoning_content ?? "").join(""),
    calls: [...calls.values()],
  };
}

function chunksOf(answer: Answer): Chunk[] {
  return dataOf(told(call, answer, "stream")).filter((data) => data !== "[DONE]") as Chunk[];
}

test("a whole answer is a chat completion", () => {
  expect(whole(answerWith(rich, { stop_reason: "tool_use" }))).toEqual({
    id: "chatcmpl-01abc",
    object: "chat.completion",
    created: 1_700_000_000,
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          ...richMessage,
          reasoning_details: [
            { type: "reasoning.text", text: "Why not.", signature: "SIG", format: "drawbridge-v1" },
            { type: "reasoning.encrypted", data: "HID", format: "drawbridge-v1" },
          ],
        },
        logprobs: null,
        finish_reason: "tool_calls",
      },
    ],
    usage: {
      prompt_tokens: 95,
      completion_tokens: 7,
      total_tokens: 102,
      prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
  });
});

test("an answer without text has none", () => {
  expect(whole(answerWith(rich.slice(4))).choices[0]?.message.content).toBeNull();
});

test("arguments keep numbers that JavaScript cannot hold", () => {
  const body = JSON.stringify(answerWith(rich)).replace('{"path":"/x"}', '{"n":12345678901234567890}');
  const text = told(call, body, "whole");
  expect(text).toContain(JSON.stringify('{"n":12345678901234567890}'));
});

test("a streamed answer is chunks of one completion, the reason and the usage at its end", () => {
  const chunks = chunksOf(answerWith(rich, { stop_reason: "tool_use" }));
  expect(chunks[0]).toEqual({
    id: "chatcmpl-01abc",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: request.model,
    choices: [
      {
        index: 0,
        delta: { role: "assistant", content: "", refusal: null },
        logprobs: null,
        finish_reason: null,
      },
    ],
    usage: null,
  });
  expect(chunks.slice(1, -2).map(({ choices }) => choices[0]?.delta)).toEqual([
    { reasoning_content: "Why not." },
    { reasoning_details: [{ type: "reasoning.text", signature: "SIG", format: "drawbridge-v1" }] },
    { reasoning_details: [{ type: "reasoning.encrypted", data: "HID", format: "drawbridge-v1" }] },
    { content: "See " },
    { content: "there" },
    { annotations: richMessage.annotations },
    { tool_calls: [{ index: 0, id: "t1", type: "function", function: { name: "read", arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"path":"/x"}' } }] },
    { tool_calls: [{ index: 1, id: "t2", type: "function", function: { name: "read", arguments: "" } }] },
    { tool_calls: [{ index: 1, function: { arguments: "{}" } }] },
    { tool_calls: [{ index: 2, id: "t3", type: "custom", custom: { name: "patch", input: "*** Begin" } }] },
  ]);
  expect(chunks.at(-2)?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: "tool_calls" }]);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 102 } });
  expect(dataOf(told(call, answerWith(rich), "stream")).at(-1)).toBe("[DONE]");
});

test("the usage comes only to those who ask", () => {
  const quiet = callOf(chatClient, { ...request, stream_options: undefined });
  const text = told(quiet, answerWith(rich), "stream");
  expect(text).not.toContain("usage");
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
});

test.each([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"],
] as const)("%s is told as %s", (stop_reason, reason) => {
  expect(whole(answerWith([], { stop_reason })).choices[0]?.finish_reason).toBe(reason);
});

test("any answer says the same streamed and whole", () => {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const { message } = whole(answer).choices[0] ?? {};
      const { reasoning_content = "" } = message as { reasoning_content?: string };
      expect(fold(chunksOf(answer))).toEqual({
        content: message?.content ?? "",
        reasoning: reasoning_content,
        calls: message?.tool_calls ?? [],
      });
    }),
  );
});

describe("over a provider that speaks Messages itself", () => {
  const bytes = messagesStream(answerWith(rich, { stop_reason: "tool_use" }));
  const run = (chunks: readonly Uint8Array[]): string => {
    const stream = nativeTranslation(call).answerStream();
    const decoder = new TextDecoder();
    const parts = chunks.map((chunk) => decoder.decode(stream.push(chunk)));
    return parts.join("") + decoder.decode(stream.end());
  };

  test("a stream says the same however it is cut", () => {
    const expected = run([bytes]);
    expect(fold(dataOf(expected).filter((data) => data !== "[DONE]") as Chunk[])).toMatchObject({
      content: "See there",
      calls: richMessage.tool_calls,
    });
    for (const chunks of cutEverywhere(bytes)) expect(run(chunks)).toBe(expected);
  });

  test("a stream that breaks ends in an error and not in [DONE]", () => {
    const stream = nativeTranslation(call).answerStream();
    stream.push(bytes.slice(0, 900));
    const end = new TextDecoder().decode(stream.fail({ kind: "reset", message: "gone" }));
    expect(dataOf(end)).toMatchObject([{ error: { message: expect.any(String), type: "server_error" } }]);
    expect(stream.failure?.kind).toBe("reset");
  });

  test("events that are not what their type says are passed over, whatever they hold", () => {
    const type = fc.constantFrom(
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
    );
    const odd = fc.record(
      {
        type,
        index: fc.oneof(fc.nat(3), fc.jsonValue()),
        message: fc.jsonValue(),
        content_block: fc.oneof(
          fc.record({ type: fc.constantFrom("tool_use", "text", "thinking", "redacted_thinking"), id: fc.jsonValue() }),
          fc.jsonValue(),
        ),
        delta: fc.oneof(
          fc.record({
            type: fc.constantFrom("text_delta", "input_json_delta", "citations_delta"),
            text: fc.jsonValue(),
          }),
          fc.jsonValue(),
        ),
        usage: fc.jsonValue(),
      },
      { requiredKeys: ["type"] },
    );
    fc.assert(
      fc.property(fc.array(odd), (events) => {
        const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
        expect(() => dataOf(run([new TextEncoder().encode(text)]))).not.toThrow();
      }),
    );
  });
});

test("an answer from elsewhere is told as far as it makes sense", () => {
  const odd = { content: [null, { type: "text", text: null }, { type: "tool_use" }, { type: "text", text: "a" }] };
  expect(whole(odd as unknown as Answer).choices[0]?.message.content).toBe("a");
  expect(() => told(call, answerWith(odd.content as unknown as ContentBlock[]), "stream")).not.toThrow();
});

test("an error in the middle carries OpenAI's type and code", () => {
  const encoder = new ChatStreamEncoder({ createdAtSeconds: 1, model: "m", includeUsage: false, custom: new Set() });
  const error = (type: string): StreamEvent => ({ type: "error", error: { type, message: "m" } });
  expect(dataOf(encoder.encode(error("overloaded_error")))).toEqual([
    { error: { message: "m", type: "server_error", param: null, code: "server_is_overloaded" } },
  ]);
  expect(dataOf(encoder.encode(error("news")))).toMatchObject([{ error: { code: "server_error" } }]);
});

test("usage and requests have the types of OpenAI's SDK", () => {
  expectTypeOf<ChatUsage>().toExtend<OpenAI.CompletionUsage>();
  expectTypeOf<Loosened<OpenAI.ChatCompletionCreateParams>>().toExtend<ChatRequest>();
});
