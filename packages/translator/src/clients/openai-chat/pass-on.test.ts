import fc from "fast-check";
import { expect, test } from "vitest";
import type { AnswerStream, Target } from "../../dialects/dialect.ts";
import { openaiChat } from "../../dialects/openai-chat/index.ts";
import { genericChat } from "../../dialects/openai-chat/profile.ts";
import { callOf, dataOf, jsonBytes } from "../../testing/client-calls.ts";
import { cutEverywhere } from "../../testing/cut-everywhere.ts";
import type { ClientTranslation } from "../client-dialect.ts";
import { chatClient } from "./index.ts";

const asked = { model: "asked", messages: [{ role: "user", content: "hi" }] };
const context = { messageId: "msg_1", askedModel: "asked" };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function passed(parts: object, target: Partial<Target> = {}): ClientTranslation {
  return callOf(chatClient, { ...asked, ...parts }).translate(openaiChat, { model: "theirs", ...target }, context);
}

function sent(parts: object, target: Partial<Target> = {}): unknown {
  return JSON.parse(decoder.decode(passed(parts, target).body));
}

const chunk = (delta: object, finish: string | null = null, more: object = {}): object => ({
  id: "c1",
  object: "chat.completion.chunk",
  model: "theirs",
  choices: [{ index: 0, delta, finish_reason: finish, logprobs: { content: [] } }],
  ...more,
});
const usage = { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 80 } };
const sse = (...chunks: readonly (object | string)[]): Uint8Array =>
  encoder.encode(chunks.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join(""));

function run(stream: AnswerStream, chunks: readonly Uint8Array[]): string {
  return chunks.map((bytes) => decoder.decode(stream.push(bytes))).join("") + decoder.decode(stream.end());
}

test("no client names other models or another address to a server that would go there", () => {
  const more = {
    models: ["forbidden"],
    route: "fallback",
    api_base: "http://169.254.169.254",
    fallbacks: [{ a: ["b"] }],
  };
  for (const stream of [false, true]) {
    const options = stream ? { stream_options: { include_usage: true } } : {};
    expect(sent({ ...more, seed: 7, stream })).toEqual({ ...asked, model: "theirs", seed: 7, stream, ...options });
  }
  expect(passed(more).dropped.map(({ path }) => path)).toEqual(["models", "route", "api_base", "fallbacks"]);
});

test("a request goes on with everything in it, under the provider's name of the model", () => {
  const more = {
    seed: 7,
    n: 2,
    logit_bias: { "1": 2 },
    audio: { voice: "a" },
    news: [1.0, 12345678901234567890n.toString()],
  };
  expect(sent(more)).toEqual({ ...asked, ...more, model: "theirs" });
  expect(passed(more).dropped).toEqual([]);
});

test("the usage of a stream is asked for, where the server can tell it", () => {
  expect(sent({ stream: true })).toEqual({
    ...asked,
    model: "theirs",
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(sent({ stream: true, stream_options: { include_usage: false } })).toMatchObject({
    stream_options: { include_usage: true },
  });
  expect(sent({ stream: false })).not.toHaveProperty("stream_options");
  expect(sent({ stream: true }, { chat: { ...genericChat, streamUsage: false } })).not.toHaveProperty("stream_options");
});

test("reasoning that came from another kind of provider is translated out", () => {
  const details = [{ type: "reasoning.text", text: "t", signature: "S", format: "drawbridge-v1" }];
  const turn = { role: "assistant", content: "a", reasoning_content: "t", reasoning_details: details };
  const body = JSON.stringify(sent({ messages: [...asked.messages, turn, ...asked.messages] }));
  expect(body).not.toContain("reasoning");
  const theirs = [{ type: "reasoning.text", text: "t", format: "other" }];
  expect(sent({ messages: [{ ...turn, reasoning_details: theirs }] })).toMatchObject({
    messages: [{ reasoning_details: theirs }],
  });
});

test("a whole answer comes back as it is, under the asked name, and is counted", () => {
  const completion = {
    id: "x",
    model: "theirs",
    choices: [
      { index: 0, message: { role: "assistant", content: "A" }, finish_reason: "length" },
      { index: 1, message: { role: "assistant", content: "B" }, finish_reason: "stop" },
    ],
    usage,
    system_fingerprint: "fp",
  };
  const answer = passed({}).answerWhole(jsonBytes(completion), "application/json");
  expect(answer).toMatchObject({
    ok: true,
    metered: { stopReason: "max_tokens", usage: { inputTokens: 20, cacheReadTokens: 80, outputTokens: 5 } },
  });
  if (answer.ok) expect(JSON.parse(decoder.decode(answer.body))).toEqual({ ...completion, model: "asked" });
});

test("a whole answer to a request for a stream is one chunk", () => {
  const call = { id: "t", type: "function", function: { name: "f", arguments: "{}" } };
  const message = { role: "assistant", content: null, tool_calls: [call, call] };
  const completion = { id: "x", model: "theirs", choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
  const answer = passed({ stream: true }).answerReplayed(jsonBytes(completion), "application/json");
  expect(answer).toMatchObject({ ok: true, metered: { stopReason: "tool_use", usage: { estimated: true } } });
  if (!answer.ok) return;
  const delta = {
    ...message,
    tool_calls: [
      { index: 0, ...call },
      { index: 1, ...call },
    ],
  };
  expect(dataOf(answer.body)).toEqual([
    {
      ...completion,
      model: "asked",
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: "tool_calls" }],
    },
    "[DONE]",
  ]);
});

test.each([
  ['{"error":{"message":"no room","code":"context_length_exceeded"}}', "context-overflow"],
  ["<html>busy</html>", "malformed"],
  ["{}", "malformed"],
  ["", "malformed"],
])("%s is no answer", (text, kind) => {
  expect(passed({}).answerWhole(encoder.encode(text), "application/json")).toMatchObject({
    ok: false,
    failure: { kind },
  });
});

test("a stream comes back chunk by chunk however it is cut, its usage held back from those who did not ask", () => {
  const bytes = sse(
    chunk({ role: "assistant", content: "" }),
    chunk({ reasoning_content: "why" }),
    chunk({ content: "né" }),
    chunk({}, "stop"),
    { ...chunk({}), choices: [], usage },
    "[DONE]",
  );
  const quiet = passed({ stream: true });
  const expected = run(quiet.answerStream(), [bytes]);
  expect(dataOf(expected)).toEqual([
    { ...chunk({ role: "assistant", content: "" }), model: "asked" },
    { ...chunk({ reasoning_content: "why" }), model: "asked" },
    { ...chunk({ content: "né" }), model: "asked" },
    { ...chunk({}, "stop"), model: "asked" },
    "[DONE]",
  ]);
  for (const chunks of cutEverywhere(bytes)) {
    const stream = quiet.answerStream();
    expect(run(stream, chunks)).toBe(expected);
    expect(stream.metered).toMatchObject({ stopReason: "end_turn", usage: { inputTokens: 20, outputTokens: 5 } });
  }
  const asking = passed({ stream: true, stream_options: { include_usage: true } }).answerStream();
  expect(dataOf(run(asking, [bytes])).at(-2)).toMatchObject({ choices: [], usage, model: "asked" });
});

test("an answer is committed with its first content and not before", () => {
  const stream = passed({ stream: true }).answerStream();
  stream.push(sse(chunk({ role: "assistant", content: "" })));
  expect(stream.committed).toBe(false);
  stream.push(sse(chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }] })));
  expect(stream.committed).toBe(true);
});

test("a stream without an end is truncated; one that only lacks [DONE] gets it", () => {
  const cut = passed({ stream: true }).answerStream();
  expect(dataOf(run(cut, [sse(chunk({ content: "a" }))])).at(-1)).toMatchObject({ error: { code: "server_error" } });
  expect(cut.failure?.kind).toBe("truncated");
  const early = passed({ stream: true }).answerStream();
  run(early, [sse(chunk({ content: "a" }), "[DONE]")]);
  expect(early.failure?.kind).toBe("truncated");
  const whole = passed({ stream: true }).answerStream();
  expect(dataOf(run(whole, [sse(chunk({ content: "a" }, "stop"))])).at(-1)).toBe("[DONE]");
  expect(whole.failure).toBeUndefined();
});

test("an error in the middle is told once, and nothing after it", () => {
  const stream = passed({ stream: true }).answerStream();
  const text = run(stream, [
    sse(chunk({ content: "a" }), { error: { message: "busy", code: 503 } }, chunk({ content: "b" })),
  ]);
  expect(dataOf(text)).toHaveLength(2);
  expect(dataOf(text).at(-1)).toMatchObject({ error: { message: expect.stringContaining("busy") } });
  expect(stream.failure).toBeDefined();
  expect(stream.fail({ kind: "reset", message: "gone" })).toHaveLength(0);
});

test("whatever a server sends, a client reads events, and it ends in [DONE] or an error", () => {
  const part = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.record({ choices: fc.array(fc.jsonValue()), usage: fc.jsonValue() }).map((value) => JSON.stringify(value)),
    fc.constant("[DONE]"),
    fc.string().map((text) => text.replaceAll(/[\r\n]/g, "")),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const stream = passed({ stream: true }).answerStream();
      const last = dataOf(run(stream, [sse(...parts)])).at(-1);
      expect(last === "[DONE]" || (typeof last === "object" && last !== null && "error" in last)).toBe(true);
      expect(stream.failure === undefined).toBe(last === "[DONE]");
    }),
  );
});
