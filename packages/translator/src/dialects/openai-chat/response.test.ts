import { describe, expect, test } from "vitest";
import { chatExchange, chunk, failWhole, frames, runWhole } from "../../testing/index.ts";
import { readWholeChatAnswer } from "./response.ts";

const usage = { prompt_tokens: 10, completion_tokens: 5 };
const completion = (message: unknown, finish_reason: string | null = "stop", more: object = {}): object => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt",
  choices: [{ index: 0, message, finish_reason }],
  usage,
  ...more,
});
const call = (input: unknown, name = "Bash", id: string | undefined = "a"): object => ({
  tool_calls: [{ id, type: "function", function: { name, arguments: input } }],
});
const inputOf = (input: unknown): unknown => {
  const [block] = runWhole(completion({ content: null, ...call(input) }, "tool_calls")).content;
  return block?.type === "tool_use" ? block.input : block;
};

test("RS-01 RS-02 RS-03: a whole answer has a fresh id and the model that was asked for", () => {
  expect(runWhole(completion({ role: "assistant", content: "hi" }))).toEqual({
    id: "msg_01test",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [{ type: "text", text: "hi" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
  });
});

test("RS-04 RS-06 RS-07: calls without text are calls alone, whatever the finish reason says", () => {
  for (const finish of ["tool_calls", "stop", "function_call"]) {
    const { content, stop_reason } = runWhole(completion({ content: "", ...call('{"x":1}') }, finish));
    expect(content).toEqual([{ type: "tool_use", id: "a", name: "Bash", input: { x: 1 } }]);
    expect(stop_reason).toBe("tool_use");
  }
  const legacy = runWhole(
    completion({ content: null, function_call: { name: "Read", arguments: '{"p":1}' } }, "function_call"),
  );
  expect(legacy.content).toMatchObject([
    { type: "tool_use", name: "Read", input: { p: 1 }, id: expect.stringMatching(/^[\w-]+$/) },
  ]);
});

describe("arguments", () => {
  test.each([
    ["", {}],
    ["null", {}],
    ["[1]", {}],
    ["12", {}],
    ["not json", {}],
    [null, {}],
    [{ a: 1 }, { a: 1 }],
    ['{"a":1}', { a: 1 }],
    [' {"a": [1,2,],}', { a: [1, 2] }],
    ['{"a":{"b":[1', { a: { b: [1] } }],
    ['{"a":"line\nbreak"}', { a: "line\nbreak" }],
    ['"{\\"a\\":1}"', { a: 1 }],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['{"a":1}}', { a: 1 }],
    ['{"a":1} trailing', { a: 1 }],
    ["{a: 1}", {}],
    ['{"a":"half', {}],
  ])("RS-21: %j becomes %j", (input, expected) => {
    expect(inputOf(input)).toEqual(expected);
  });

  test("RS-22: an empty object before the real one gives way", () => {
    expect(inputOf('{}{"a":1}')).toEqual({ a: 1 });
    expect(inputOf("{}")).toEqual({});
    expect(inputOf("{ } \n")).toEqual({});
  });

  test("FR-16: numbers keep their text in the body", () => {
    const body = new TextEncoder().encode(
      JSON.stringify(completion(call('{"n":9007199254740993,"m":1e400}'), "tool_calls")),
    );
    const whole = readWholeChatAnswer(chatExchange(), body, "application/json");
    expect(whole.ok && new TextDecoder().decode(whole.body)).toContain('"input":{"n":9007199254740993,"m":1e400}');
  });
});

test("RS-08: a call without a name is no call", () => {
  expect(runWhole(completion({ content: "x", ...call("{}", "") }, "tool_calls"))).toMatchObject({
    content: [{ type: "text" }],
    stop_reason: "end_turn",
  });
});

test("RS-09: a call cut at the token limit stays out", () => {
  const { content, stop_reason } = runWhole(completion({ content: "x", ...call('{"file":"half') }, "length"));
  expect(content).toEqual([{ type: "text", text: "x" }]);
  expect(stop_reason).toBe("max_tokens");
});

test("RS-10 RS-11: the filter's stop and a refusal in words are refusals", () => {
  expect(runWhole(completion({ content: "I" }, "content_filter"))).toMatchObject({
    stop_reason: "refusal",
    stop_details: { type: "refusal" },
  });
  expect(runWhole(completion({ content: null, refusal: "No." }))).toMatchObject({
    content: [{ type: "text", text: "No." }],
    stop_reason: "refusal",
  });
});

test("RS-12: a stop sequence of the client's is reported", () => {
  const answer = { choices: [{ message: { content: "x" }, finish_reason: "stop", stop_reason: "##" }], usage };
  expect(runWhole(answer, chatExchange({ stop_sequences: ["##"] }))).toMatchObject({
    stop_reason: "stop_sequence",
    stop_sequence: "##",
  });
});

test("PR-09: stop sequences are enforced", () => {
  expect(runWhole(completion({ content: "a##b" }), chatExchange({}, { stopSequences: ["##"] }))).toMatchObject({
    content: [{ text: "a" }],
    stop_sequence: "##",
  });
});

test("TK-34 TK-35: reasoning is thinking, in its own field or in tags, even when the opening tag is missing", () => {
  const expected = [
    { type: "thinking", thinking: "plan" },
    { type: "text", text: "so" },
  ];
  for (const message of [
    { reasoning: "plan", content: "so" },
    { content: "<think>plan</think>so" },
    { content: "plan\n</think>\n\nso" },
  ]) {
    expect(runWhole(completion(message)).content).toMatchObject(expected);
  }
  const about = "Write `</think>` after <think>.";
  expect(runWhole(completion({ content: about })).content).toEqual([{ type: "text", text: about }]);
});

test("STR-34: an event stream sent unasked is folded, whether it is announced or not", () => {
  const stream = frames(chunk({ content: "h" }), chunk({ content: "i" }, "stop"), "data: [DONE]\n\n");
  expect(runWhole(stream).content).toEqual([{ type: "text", text: "hi" }]);
  expect(runWhole(`: waiting\n\n${stream}`).content).toEqual([{ type: "text", text: "hi" }]);
  expect(failWhole(frames(chunk({ content: "h" }))).kind).toBe("truncated");
});

test.each([
  ["", "malformed"],
  ["<html>", "malformed"],
  ["[]", "malformed"],
  ["{}", "malformed"],
  ['{"choices":[]}', "malformed"],
  [JSON.stringify(completion({ content: "x" }, null)), "truncated"],
  [JSON.stringify(completion({ content: null }, "stop", { usage: null })), "malformed"],
  ['{"error":{"message":"slow down","code":429}}', "rate-limited"],
  ['{"code":1113,"msg":"Insufficient balance"}', "quota-exhausted"],
  [JSON.stringify(completion({ content: "x" }, "error")), "server-error"],
])("RS-18 RS-19 ERR-12 ERR-13: %s is %s", (body, kind) => {
  expect(failWhole(body).kind).toBe(kind);
});

test("USG-05: a whole answer without usage is estimated", () => {
  expect(runWhole(completion({ content: "12345678" }, "stop", { usage: null })).usage).toMatchObject({
    input_tokens: 1_000,
    output_tokens: 2,
  });
});
