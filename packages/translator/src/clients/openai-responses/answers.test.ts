import fc from "fast-check";
import type { OpenAI } from "openai";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Answer } from "../../messages/answer.ts";
import type { ContentBlock } from "../../messages/content.ts";
import {
  answerWith,
  anyAnswer,
  callOf,
  dataOf,
  jsonBytes,
  messagesStream,
  nativeTranslation,
  told,
} from "../../testing/client-calls.ts";
import { cutEverywhere } from "../../testing/cut-everywhere.ts";
import { decodeResponsesRequest } from "./decode-request.ts";
import { responsesClient } from "./index.ts";
import { checkedResponsesRequest, parseResponsesHead, type ResponsesRequest } from "./responses-request.ts";

type Event = OpenAI.Responses.ResponseStreamEvent;

const call = callOf(responsesClient, {
  model: "m",
  input: "hi",
  reasoning: { effort: "high", summary: "auto" },
  metadata: { a: "b" },
  tools: [
    { type: "function", name: "read" },
    { type: "custom", name: "patch" },
    { type: "namespace", name: "docs", tools: [{ type: "function", name: "find" }] },
  ],
});
const rich: readonly ContentBlock[] = [
  { type: "thinking", thinking: "Why not.", signature: "SIG" },
  { type: "redacted_thinking", data: "HID" },
  { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } },
  { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
  { type: "text", text: "See " },
  { type: "text", text: "there", citations: [{ url: "https://a.example", title: "A" }] },
  { type: "tool_use", id: "t1", name: "read", input: { path: "/x" } },
  { type: "tool_use", id: "t2", name: "docs__find", input: {} },
  { type: "tool_use", id: "t3", name: "patch", input: { input: "*** Begin" } },
];
const richOutput = [
  {
    id: "rs_01abc_0",
    type: "reasoning",
    summary: [{ type: "summary_text", text: "Why not." }],
    encrypted_content: "signed.SIG",
  },
  { id: "rs_01abc_1", type: "reasoning", summary: [], encrypted_content: "redacted.HID" },
  { id: "ws_01abc_2", type: "web_search_call", status: "completed", action: { type: "search", query: "q" } },
  {
    id: "msg_01abc_3",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [
      {
        type: "output_text",
        text: "See there",
        logprobs: [],
        annotations: [{ type: "url_citation", start_index: 4, end_index: 9, url: "https://a.example", title: "A" }],
      },
    ],
  },
  {
    id: "fc_01abc_4",
    type: "function_call",
    status: "completed",
    arguments: '{"path":"/x"}',
    call_id: "t1",
    name: "read",
  },
  {
    id: "fc_01abc_5",
    type: "function_call",
    status: "completed",
    arguments: "{}",
    call_id: "t2",
    name: "find",
    namespace: "docs",
  },
  {
    id: "ctc_01abc_6",
    type: "custom_tool_call",
    status: "completed",
    call_id: "t3",
    input: "*** Begin",
    name: "patch",
  },
];

function whole(answer: Answer): OpenAI.Responses.Response {
  return JSON.parse(told(call, answer, "whole")) as OpenAI.Responses.Response;
}

function eventsOf(answer: Answer): Event[] {
  return dataOf(told(call, answer, "stream")) as Event[];
}

test("a whole answer is a response with its items in order", () => {
  expect(whole(answerWith(rich, { stop_reason: "tool_use" }))).toMatchObject({
    id: "resp_01abc",
    object: "response",
    created_at: 1_700_000_000,
    status: "completed",
    error: null,
    incomplete_details: null,
    metadata: { a: "b" },
    model: "m",
    output: richOutput,
    reasoning: { effort: "high", summary: "auto" },
    usage: {
      input_tokens: 95,
      input_tokens_details: { cached_tokens: 80, cache_write_tokens: 5 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 102,
    },
  });
});

test("arguments keep numbers that JavaScript cannot hold", () => {
  const body = JSON.stringify(answerWith(rich)).replace('{"path":"/x"}', '{"n":12345678901234567890}');
  const text = told(call, body, "whole");
  expect(text).toContain(JSON.stringify('{"n":12345678901234567890}'));
});

test("each item begins, grows and ends before the next, and every event has its number", () => {
  const events = eventsOf(answerWith(rich));
  expect(events.map((event) => event.sequence_number)).toEqual([...events.keys()]);
  const lines = [
    "created in_progress",
    "output_item.added reasoning_summary_part.added reasoning_summary_text.delta",
    "reasoning_summary_text.done reasoning_summary_part.done output_item.done",
    "output_item.added output_item.done",
    "output_item.added web_search_call.in_progress web_search_call.searching",
    "web_search_call.completed output_item.done",
    "output_item.added content_part.added output_text.delta output_text.delta",
    "output_text.annotation.added output_text.done content_part.done output_item.done",
    "output_item.added function_call_arguments.delta function_call_arguments.done output_item.done",
    "output_item.added function_call_arguments.delta function_call_arguments.done output_item.done",
    "output_item.added custom_tool_call_input.delta custom_tool_call_input.done output_item.done",
    "completed",
  ];
  expect(events.map(({ type }) => type.replace("response.", ""))).toEqual(lines.flatMap((line) => line.split(" ")));
  const text = told(call, answerWith(rich), "stream");
  for (const frame of text.split("\n\n").filter(Boolean)) {
    const [, name, data] = /^event: (.*)\ndata: (.*)$/s.exec(frame) ?? [];
    expect((JSON.parse(data ?? "") as Event).type).toBe(name);
  }
});

test.each([
  ["end_turn", "completed", null],
  ["tool_use", "completed", null],
  ["max_tokens", "incomplete", { reason: "max_output_tokens" }],
  ["model_context_window_exceeded", "incomplete", { reason: "max_output_tokens" }],
  ["refusal", "incomplete", { reason: "content_filter" }],
] as const)("%s is told as %s", (stop_reason, status, incomplete_details) => {
  const answer = answerWith([{ type: "text", text: "a" }], { stop_reason });
  expect(whole(answer)).toMatchObject({ status, incomplete_details });
  expect(eventsOf(answer).at(-1)).toMatchObject({ type: `response.${status}`, response: { status } });
});

test("any answer is the same streamed and whole, and its items come back as the blocks they were", () => {
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const events = eventsOf(answer);
      const last = events.at(-1);
      const streamed = last !== undefined && "response" in last ? last.response : undefined;
      expect(streamed).toEqual(whole(answer));
      const done = events.flatMap((event) => (event.type === "response.output_item.done" ? [event.item] : []));
      expect(done).toEqual(streamed?.output);
      expect(events.map((event) => event.sequence_number)).toEqual([...events.keys()]);
    }),
  );
});

test("reasoning survives the way through the client", () => {
  const thoughts = rich.slice(0, 2);
  const { output } = whole(answerWith([...thoughts, { type: "text", text: "a" }]));
  const input = [{ role: "user", content: "q" }, ...output, { role: "user", content: "r" }];
  const { request } = decodeResponsesRequest(
    checkedResponsesRequest(parseResponsesHead(jsonBytes({ model: "m", input }))),
  );
  expect(request.messages[1]?.content).toEqual([...thoughts, { type: "text", text: "a" }]);
});

describe("over a provider that speaks Messages itself", () => {
  const bytes = messagesStream(answerWith(rich));
  const run = (chunks: readonly Uint8Array[]): string => {
    const stream = nativeTranslation(call).answerStream();
    const decoder = new TextDecoder();
    const parts = chunks.map((chunk) => decoder.decode(stream.push(chunk)));
    return parts.join("") + decoder.decode(stream.end());
  };

  test("a stream says the same however it is cut", () => {
    const expected = run([bytes]);
    expect(dataOf(expected).at(-1)).toMatchObject({ type: "response.completed", response: { output: richOutput } });
    for (const chunks of cutEverywhere(bytes)) expect(run(chunks)).toBe(expected);
  });

  test("a call that the token limit cut off is incomplete", () => {
    const text = new TextDecoder().decode(bytes).replace('"{\\"path\\":\\"/x\\"}"', '"{\\"pa"');
    const last = dataOf(run([new TextEncoder().encode(text)])).at(-1);
    expect(last).toMatchObject({ response: { output: { 4: { status: "incomplete", arguments: '{"pa' } } } });
  });

  test("a stream that breaks ends in an error and a failed response, also before it began", () => {
    for (const length of [0, 900]) {
      const stream = nativeTranslation(call).answerStream();
      stream.push(bytes.slice(0, length));
      const end = dataOf(stream.fail({ kind: "rate-limited", message: "slow down" })) as Event[];
      expect(end).toMatchObject([
        { type: "error", code: "rate_limit_exceeded", message: "slow down" },
        { type: "response.failed", response: { status: "failed", error: { code: "rate_limit_exceeded" } } },
      ]);
    }
  });
});

test("an answer from elsewhere is told as far as it makes sense", () => {
  const odd = { content: [null, { type: "text", text: null }, { type: "tool_use" }, { type: "text", text: "a" }] };
  expect(whole(odd as unknown as Answer).output).toMatchObject([{ type: "message", content: [{ text: "a" }] }]);
});

test("what OpenAI's SDK sends can be read", () => {
  type Sent = OpenAI.Responses.ResponseCreateParams & { model: string; input: string };
  expectTypeOf<{ [K in keyof Sent]: Sent[K] }>().toExtend<Omit<ResponsesRequest, "tools" | "tool_choice">>();
});
