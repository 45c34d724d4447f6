import { expect, test } from "vitest";
import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import { readFailure } from "./errors.ts";
import { repairChatRequest } from "./repair.ts";

const base = { model: "m", max_tokens: 32_000, messages: [{ role: "user", content: "hi" }] };

function repair(request: object, failure: UpstreamFailure): unknown {
  const repaired = repairChatRequest(new TextEncoder().encode(JSON.stringify(request)), failure);
  return repaired === undefined ? undefined : JSON.parse(new TextDecoder().decode(repaired));
}

/** The request after a refusal in a provider's own words. */
function after(message: string, request: object, more: object = {}): unknown {
  return repair(
    request,
    readFailure({ status: 400, headers: {}, body: JSON.stringify({ error: { message, ...more } }) }),
  );
}

test("ERR-18: max_tokens is renamed when the model wants max_completion_tokens, and back", () => {
  const refused =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
  const { max_tokens, ...rest } = base;
  expect(after(refused, base)).toEqual({ ...rest, max_completion_tokens: max_tokens });
  const back = "max_completion_tokens: Extra inputs are not permitted";
  expect(after(back, { ...rest, max_completion_tokens: 9 })).toEqual({ ...rest, max_tokens: 9 });
});

test("ERR-18: a refused parameter is left out, at the top or inside, in all siblings", () => {
  expect(after("Unsupported value: 'temperature' does not support 0.2", { ...base, temperature: 0.2 })).toEqual(base);
  const tools = [1, 2].map((at) => ({ type: "function", function: { name: `t${at}`, strict: true } }));
  expect(after("Unknown parameter: 'tools[0].function.strict'.", { ...base, tools })).toEqual({
    ...base,
    tools: [1, 2].map((at) => ({ type: "function", function: { name: `t${at}` } })),
  });
});

test("ERR-18: what is not there, or must be there, is not repaired", () => {
  expect(after("Unsupported parameter: 'top_k'", base)).toBeUndefined();
  expect(repair(base, { kind: "unsupported-parameter", message: "", parameter: "messages" })).toBeUndefined();
  expect(repair(base, { kind: "unsupported-parameter", message: "" })).toBeUndefined();
});

test("PR-02: the output limit is lowered to the model's, once", () => {
  const refused = "max_tokens is too large: 32000. This model supports at most 16384 completion tokens";
  expect(after(refused, base)).toEqual({ ...base, max_tokens: 16_384 });
  expect(after(refused, { ...base, max_tokens: 16_384 })).toBeUndefined();
});

test("ERR-06: the output limit is lowered to what the window has room for", () => {
  const refused = (input: number): string =>
    `This model's maximum context length is 8192 tokens. However, you requested 40000 tokens (${input} in the messages, 32000 in the completion).`;
  expect(after(refused(6_000), base)).toEqual({ ...base, max_tokens: 8_192 - 6_000 - 64 });
  expect(after(refused(8_000), base)).toBeUndefined();
});

test("PR-03 PR-04: a limit that is too low for the model is raised", () => {
  const probe = { ...base, max_tokens: 1 };
  expect(
    after("Invalid 'max_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.", probe),
  ).toEqual({ ...base, max_tokens: 16 });
  expect(after("Could not finish the message because max_tokens or model output limit was reached.", probe)).toEqual({
    ...base,
    max_tokens: 1_024,
  });
  expect(
    after("Could not finish the message because max_tokens or model output limit was reached.", base),
  ).toBeUndefined();
});

test("TK-02 TK-07: an effort becomes the highest that the refusal names, or goes", () => {
  const request = { ...base, reasoning_effort: "xhigh" };
  const listed =
    "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model. Supported values are: 'low', 'medium', and 'high'.";
  expect(after(listed, request, { param: "reasoning_effort", code: "unsupported_value" })).toEqual({
    ...base,
    reasoning_effort: "high",
  });
  const withTools =
    "Function tools with reasoning_effort are not supported for gpt-5.4. Please use /v1/responses or set reasoning_effort to 'none'.";
  expect(after(withTools, request)).toEqual({ ...base, reasoning_effort: "none" });
  expect(after("Unrecognized request argument supplied: reasoning_effort", request)).toEqual(base);
});

test("TK-25: reasoning that the provider cannot read any more is left out of the history", () => {
  const assistant = { role: "assistant", content: "x" };
  const request = { ...base, messages: [{ ...assistant, reasoning_details: [{ data: "E" }] }, ...base.messages] };
  expect(after("The encrypted content for item rs_1 could not be verified.", request)).toEqual({
    ...base,
    messages: [assistant, ...base.messages],
  });
});

test("TK-30: reasoning that the provider misses gets a placeholder", () => {
  const messages = [
    { role: "assistant", tool_calls: [] },
    { role: "assistant", reasoning_content: "R" },
    ...base.messages,
  ];
  expect(after("Missing `reasoning_content` field in the assistant message", { ...base, messages })).toMatchObject({
    messages: [{ reasoning_content: "tool call" }, { reasoning_content: "R" }, { role: "user" }],
  });
});

test.each(["rate-limited", "context-overflow", "invalid-request", "server-error"] satisfies FailureKind[])(
  "%s is not repaired",
  (kind) => {
    expect(repair(base, { kind, message: "x" })).toBeUndefined();
  },
);

test("a body that is not a request is not repaired", () => {
  expect(
    repairChatRequest(new TextEncoder().encode("[1"), { kind: "unsupported-parameter", message: "", parameter: "x" }),
  ).toBeUndefined();
});
