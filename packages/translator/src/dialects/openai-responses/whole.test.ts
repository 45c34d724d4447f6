import { expect, test } from "vitest";
import { failResponses, wholeResponses } from "../../testing/run-responses.ts";

const usage = {
  input_tokens: 120,
  output_tokens: 9,
  input_tokens_details: { cached_tokens: 20 },
  output_tokens_details: { reasoning_tokens: 4 },
};
const done = (output: readonly unknown[], more: object = {}): object => ({
  id: "resp_1",
  object: "response",
  status: "completed",
  output,
  usage,
  ...more,
});
const said = (text: string): object => ({
  type: "message",
  id: "msg_a",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});
const call = (id: string, input: string): object => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "Read",
  arguments: input,
  status: "completed",
});

test("RS-16 USG-01: a completed response is an answer with its text, its usage apart from what was cached, and an end", () => {
  const answer = wholeResponses(done([said("Hello.")]));
  expect(answer).toMatchObject({
    type: "message",
    role: "assistant",
    stop_reason: "end_turn",
    content: [{ type: "text", text: "Hello." }],
  });
  expect(answer.usage).toMatchObject({ input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 9 });
});

test("RS-16: calls come in their order and stop for tools", () => {
  const answer = wholeResponses(done([said("Both."), call("call_1", '{"path":"a"}'), call("call_2", '{"path":"b"}')]));
  expect(answer.stop_reason).toBe("tool_use");
  expect(answer.content).toMatchObject([
    { type: "text", text: "Both." },
    { type: "tool_use", id: "call_1", name: "Read", input: { path: "a" } },
    { type: "tool_use", id: "call_2", name: "Read", input: { path: "b" } },
  ]);
});

test("RS-16: an answer cut at its limit says so", () => {
  const cut = done([said("Half an")], { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
  expect(wholeResponses(cut).stop_reason).toBe("max_tokens");
});

test.each([
  ["failed", { status: "failed", error: { code: "server_error", message: "It broke." } }, /It broke/],
  ["cancelled", { status: "cancelled" }, /.+/],
])("RS-16: a response that %s is a failure, never an empty success", (_, more, message) => {
  const failure = failResponses(JSON.stringify(done([], more)));
  expect(failure.message).toMatch(message);
});

test.each([["<html>busy</html>"], ["{}"], [""], ["[1]"]])("RS-19: %j is no answer", (body) => {
  expect(failResponses(body).kind).toBe("malformed");
});
