import { expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { replayAnswer } from "../../messages/replay.ts";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import type { Translation } from "../dialect.ts";
import { openaiChat } from "./index.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const request = { model: "claude-x", max_tokens: 100, stream: true, messages: [{ role: "user", content: "hi" }] };

function translate(overrides: object = {}): Translation {
  const body = new TextEncoder().encode(JSON.stringify({ ...request, ...overrides }));
  return openaiChat.translate(
    { body, envelope: readEnvelope(body) },
    { model: "gpt" },
    { messageId: "msg_01", askedModel: "claude-x" },
  );
}

test("a request goes out in the dialect and its streamed answer comes back as Claude's", () => {
  const translation = translate();
  expect(JSON.parse(decode(translation.body))).toMatchObject({
    model: "gpt",
    stream: true,
    messages: [{ role: "user", content: "hi" }],
  });
  const stream = translation.answerStream();
  const out = decode(
    stream.push(new TextEncoder().encode('data: {"choices":[{"delta":{"content":"yo"},"finish_reason":"stop"}]}\n\n')),
  );
  expect(out).toContain('"model":"claude-x"');
  expect(out).toContain("text_delta");
  expect(decode(stream.end())).toContain("event: message_stop");
  expect(stream.metered.stopReason).toBe("end_turn");
});

test("each stream is a fresh one, and whole answers work as well", () => {
  const translation = translate({ stream: false });
  const body = new TextEncoder().encode('{"choices":[{"message":{"content":"yo"},"finish_reason":"stop"}]}');
  for (let turn = 0; turn < 2; turn++) {
    const whole = translation.answerWhole(body, "application/json");
    expect(whole.ok && JSON.parse(decode(whole.body))).toMatchObject({
      content: [{ type: "text", text: "yo" }],
      model: "claude-x",
    });
    expect(translation.answerStream().committed).toBe(false);
  }
});

test("tools that had to be renamed come back under the client's name", () => {
  const name = `mcp__${"long".repeat(20)}`;
  const translation = translate({ tools: [{ name, input_schema: { type: "object" } }] });
  const wireName: unknown = JSON.parse(decode(translation.body)).tools[0].function.name;
  expect(wireName).not.toBe(name);
  const message = { tool_calls: [{ id: "a", function: { name: wireName, arguments: "{}" } }] };
  const answer = new TextEncoder().encode(JSON.stringify({ choices: [{ message, finish_reason: "tool_calls" }] }));
  const whole = translation.answerWhole(answer, "application/json");
  expect(whole.ok && JSON.parse(decode(whole.body))).toMatchObject({ content: [{ type: "tool_use", name }] });
});

test("SRV-04: a request for nothing but a web search has its answer at once", () => {
  const search = { type: "web_search_20250305", name: "web_search", max_uses: 8 };
  const content = [{ type: "text", text: "Perform a web search for the query: gateway protocol" }];
  const { answer } = translate({ tools: [search], messages: [{ role: "user", content }] });
  expect(answer?.content).toEqual([
    { type: "server_tool_use", id: "srvtoolu_msg01", name: "web_search", input: { query: "gateway protocol" } },
    {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_msg01",
      content: { type: "web_search_tool_result_error", error_code: "unavailable" },
    },
    { type: "text", text: expect.stringContaining("claude-x") },
  ]);
  expect(answer && findGrammarFault(replayAnswer(answer))).toBeUndefined();
  expect(translate().answer).toBeUndefined();
});

test("PR-02 ERR-18: a refusal that a changed request would pass is read and repaired", () => {
  const body = JSON.stringify({
    error: { message: "max_tokens is too large: 100. This model supports at most 50 completion tokens" },
  });
  const failure = openaiChat.readFailure({ status: 400, headers: {}, body });
  const repaired = openaiChat.repair(translate().body, failure);
  expect(repaired && JSON.parse(decode(repaired))).toMatchObject({ max_tokens: 50 });
});
