import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anthropicMessages } from "./index.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const question = { role: "user", content: "q" };
const call = { type: "tool_use", id: "t", name: "n", input: {} };
const thought = { type: "thinking", thinking: "t", signature: "Eq" };
const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "r" }] };
const request = { model: "m", max_tokens: 32_000, messages: [question] };

/** The body that is sent after this refusal, read as the gateway reads it. */
function repaired(body: object, message: string): unknown {
  const error = { type: "error", error: { type: "invalid_request_error", message } };
  const failure = anthropicMessages.readFailure({ status: 400, headers: {}, body: JSON.stringify(error) });
  const bytes = anthropicMessages.repair(encode(body), failure);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

test.each([
  ["messages.1.role: Input should be 'user' or 'assistant'", "unsupported-parameter"],
  ["adaptive thinking is not supported on this model", "unsupported-parameter"],
  ["This model does not support the effort parameter.", "unsupported-parameter"],
  ["role 'system' must follow a user message", "invalid-request"],
])("ERR-18: %s is known as %s, which decides whether it is remembered, and told in its own words", (message, kind) => {
  const body = JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } });
  const failure = anthropicMessages.readFailure({ status: 400, headers: {}, body });
  expect(failure).toMatchObject({ kind, message, original: { status: 400, body } });
  expect(failure.parameter !== undefined).toBe(kind === "unsupported-parameter");
  expect(anthropicMessages.readFailure({ status: 529, headers: {}, body })).not.toHaveProperty("parameter");
});

describe("a model without system messages in mid-conversation", () => {
  const said = "<system-reminder>\nBe brief.\n</system-reminder>";
  const rule = { role: "system", content: "Be brief.", output_config: { effort: "low" } };

  test.each([
    "messages.1.role: Input should be 'user' or 'assistant'",
    'Unexpected role "system". The Messages API accepts a top-level `system` parameter',
    "role 'system' must follow a user message",
    "capability_rejected: mid_conv_system",
  ])("ERR-18 SYS-11: is told by the user what they say, after %s", (message) => {
    const answer = { role: "assistant", content: [thought, call] };
    expect(repaired({ ...request, messages: [question, rule, answer, result] }, message)).toEqual({
      ...request,
      messages: [question, { role: "user", content: said }, answer, result],
    });
  });

  test("SYS-12: has the results of calls right behind their calls", () => {
    const other = { role: "system", content: [{ type: "text", text: "Go on.", cache_control: { type: "ephemeral" } }] };
    const messages = [question, { role: "assistant", content: [call] }, rule, other, result];
    const told = repaired({ ...request, messages }, "messages.2.role: Input should be 'user' or 'assistant'");
    const text = "<system-reminder>\nGo on.\n</system-reminder>";
    expect(told).toMatchObject({
      messages: [
        ...messages.slice(0, 2),
        result,
        { role: "user", content: said },
        { role: "user", content: [{ ...other.content[0], text }] },
      ],
    });
  });

  test("SYS-15: loses those that say nothing, and keeps every other message byte for byte", () => {
    const kept = '{"role" : "user","content":"né\\u00e9", "n":1.0}';
    const empty = ["null", '""', "[]", '[{"type":"text","text":" "}]'].map(
      (content) => `{"role":"system","content":${content}}`,
    );
    const body = `{"model":"m", "messages" :[${[kept, ...empty].join(" , ")}],"max_tokens":9}`;
    const failure = {
      kind: "unsupported-parameter",
      message: "messages.1.role: Input should be 'user' or 'assistant'",
    } as const;
    const bytes = anthropicMessages.repair(new TextEncoder().encode(body), failure);
    expect(new TextDecoder().decode(bytes)).toBe(`{"model":"m", "messages" :[${kept}],"max_tokens":9}`);
  });
});

describe("a model without adaptive thinking", () => {
  const adaptive = { ...request, thinking: { type: "adaptive", display: "omitted" } };
  const management = { edits: [{ type: "clear_thinking_20251015", keep: "all" }] };

  test.each([
    "adaptive thinking is not supported on this model",
    "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
    "thinking.type.adaptive: is not supported for this model",
    "capability_rejected: thinking_type:adaptive",
  ])("TK-13 ERR-18: thinks by a budget after %s", (message) => {
    expect(repaired(adaptive, message)).toEqual({ ...request, thinking: { type: "enabled", budget_tokens: 16_000 } });
    expect(repaired({ ...adaptive, max_tokens: 2_000 }, message)).toMatchObject({ thinking: { budget_tokens: 1_999 } });
    expect(repaired(request, message)).toBeUndefined();
  });

  test("TK-20: does not think where the limit leaves no room, or its turn has begun without", () => {
    const message = "adaptive thinking is not supported on this model";
    const off = { thinking: { type: "disabled" }, context_management: { edits: [] } };
    expect(repaired({ ...adaptive, context_management: management, max_tokens: 1_024 }, message)).toMatchObject(off);
    const turn = (content: unknown[]) => [question, { role: "assistant", content }, result];
    const unthought = { ...adaptive, context_management: management, messages: turn([call]) };
    expect(repaired(unthought, message)).toMatchObject(off);
    expect(repaired({ ...adaptive, messages: turn([thought, call]) }, message)).toMatchObject({
      thinking: { type: "enabled" },
    });
  });

  test("TK-13: and one without budgets thinks as it sees fit", () => {
    const message =
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
    const fixed = { ...request, thinking: { type: "enabled", budget_tokens: 4_000 } };
    expect(repaired(fixed, message)).toEqual({ ...request, thinking: { type: "adaptive" } });
    expect(repaired(adaptive, message)).toBeUndefined();
  });

  test("TK-06: and one without any thinking is not asked to think", () => {
    const message = "claude-3-5-haiku-20241022 does not support thinking.";
    expect(repaired({ ...adaptive, context_management: management }, message)).toEqual({
      ...request,
      context_management: { edits: [] },
    });
    expect(repaired(request, message)).toBeUndefined();
  });
});

test("ERR-18: a model without effort is told none", () => {
  const message = "This model does not support the effort parameter.";
  const format = { type: "json_schema", schema: {} };
  expect(repaired({ ...request, output_config: { effort: "high" } }, message)).toEqual(request);
  expect(repaired({ ...request, output_config: { effort: "high", format } }, message)).toEqual({
    ...request,
    output_config: { format },
  });
  const perTurn = { role: "system", content: "s", output_config: { effort: "low" } };
  const { output_config: _, ...bare } = perTurn;
  expect(repaired({ ...request, messages: [question, perTurn] }, message)).toEqual({
    ...request,
    messages: [question, bare],
  });
  expect(repaired(request, message)).toBeUndefined();
});

test.each([
  "messages.1.content.0.data: Invalid `data` in `redacted_thinking` block",
  "each `thinking` block must contain `thinking`",
])("ERR-17: thinking that is refused with %j is left out", (message) => {
  const messages = [
    question,
    {
      role: "assistant",
      content: [
        { type: "redacted_thinking", data: "x" },
        { type: "text", text: "A" },
      ],
    },
  ];
  expect(repaired({ ...request, messages }, message)).toEqual({
    ...request,
    messages: [question, { role: "assistant", content: [{ type: "text", text: "A" }] }],
  });
});

test("whatever the body, a repair gives a request or nothing, and never throws", () => {
  const message = fc.constantFrom(
    "messages.1.role: Input should be 'user' or 'assistant'",
    "adaptive thinking is not supported",
    "does not support the effort parameter",
    "does not support thinking",
  );
  const body = fc.record({
    messages: fc.array(fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: fc.jsonValue() })),
    thinking: fc.oneof(fc.jsonValue(), fc.constant({ type: "adaptive" })),
    output_config: fc.jsonValue(),
    max_tokens: fc.jsonValue(),
  });
  fc.assert(
    fc.property(message, fc.oneof(body, fc.jsonValue()), (said, value) => {
      const bytes = anthropicMessages.repair(encode(value), { kind: "unsupported-parameter", message: said });
      if (bytes !== undefined) expect(() => JSON.parse(new TextDecoder().decode(bytes))).not.toThrow();
    }),
  );
});
