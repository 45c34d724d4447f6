import { describe, expect, test } from "vitest";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { readFailure } from "./errors.ts";
import { repairConverseRequest } from "./repair.ts";

const point = { cachePoint: { type: "default" } };
const request = {
  inferenceConfig: { maxTokens: 32_000, temperature: 0.5, topP: 0.9 },
  additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 16_000 }, top_k: 5 },
  outputConfig: { textFormat: { type: "json_schema" } },
  toolConfig: { tools: [{ toolSpec: { name: "Read", strict: true } }, point], toolChoice: { any: {} } },
  system: [{ text: "s" }, point],
  messages: [
    { role: "user", content: [{ text: "q" }] },
    {
      role: "assistant",
      content: [{ reasoningContent: { redactedContent: "AAAA" } }, { text: "I look" }, { toolUse: {} }],
    },
    { role: "user", content: [{ toolResult: {} }, { text: "and?" }, point] },
  ],
};

function repaired(failure: UpstreamFailure, body: unknown = request): Record<string, unknown> | undefined {
  const bytes = repairConverseRequest(new TextEncoder().encode(JSON.stringify(body)), failure);
  return bytes && JSON.parse(new TextDecoder().decode(bytes));
}

/** What becomes of the request after Bedrock has said this. */
function after(message: string, body: unknown = request): Record<string, unknown> | undefined {
  const headers = { "x-amzn-errortype": "ValidationException" };
  return repaired(readFailure({ status: 400, headers, body: JSON.stringify({ message }) }), body);
}

const unsupported = (field: string): string =>
  `This model doesn't support the ${field} field. Remove ${field} and try again.`;

describe("fields that a model refuses", () => {
  test("a kind of tool choice", () => {
    expect(after(unsupported("toolConfig.toolChoice.any"))).toEqual({
      ...request,
      toolConfig: { tools: request.toolConfig.tools },
    });
  });

  test("cache points, where they are refused or everywhere", () => {
    const inTools = after(
      "Malformed input request: #/toolConfig/tools/1: extraneous key [cachePoint] is not permitted, please",
    );
    expect(inTools?.["toolConfig"]).toEqual({ ...request.toolConfig, tools: request.toolConfig.tools.slice(0, 1) });
    expect(inTools?.["system"]).toEqual(request.system);
    expect(JSON.stringify(after("your request did not allow prompt caching"))).not.toContain("cachePoint");
  });

  test("parameters of Converse and of the model, in either spelling", () => {
    expect(after(unsupported("inferenceConfig.topP"))?.["inferenceConfig"]).toEqual({
      maxTokens: 32_000,
      temperature: 0.5,
    });
    expect(after("`temperature` and `top_p` cannot both be specified")?.["inferenceConfig"]).toEqual({
      maxTokens: 32_000,
      temperature: 0.5,
    });
    expect(after("top_k: Extra inputs are not permitted")?.["additionalModelRequestFields"]).toEqual({
      thinking: { type: "enabled", budget_tokens: 16_000 },
    });
    expect(after(unsupported("outputConfig.textFormat"))).not.toHaveProperty("outputConfig");
    expect(after(unsupported("toolConfig.tools.toolSpec.strict"))?.["toolConfig"]).toMatchObject({
      tools: [{ toolSpec: { name: "Read" } }, point],
    });
  });

  test("a kind of thinking becomes the other one", () => {
    const adaptive = after('"thinking.type.enabled" is not supported for this model.');
    expect(adaptive?.["additionalModelRequestFields"]).toMatchObject({ thinking: { type: "adaptive" } });
    expect(
      after("adaptive thinking is not supported on this model", adaptive)?.["additionalModelRequestFields"],
    ).toMatchObject({
      thinking: { type: "enabled", budget_tokens: 16_000 },
    });
    expect(after("This model does not support extended thinking")?.["additionalModelRequestFields"]).toEqual({
      top_k: 5,
    });
  });

  test("MSG-13: a last assistant message", () => {
    const body = { ...request, messages: request.messages.slice(0, 2) };
    expect(after("This model does not support assistant message prefill.", body)?.["messages"]).toHaveLength(3);
    expect(after("This model does not support assistant message prefill.")).toBeUndefined();
  });

  test("words beside calls and results", () => {
    const messages = after("Conversation blocks and tool result blocks cannot be provided in the same turn.")?.[
      "messages"
    ];
    expect(Array.isArray(messages) && messages.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
    ]);
  });
});

describe("what is about one conversation", () => {
  test("TK-17 TK-25: thinking that Claude cannot verify is left out, and teaches nothing about the model", () => {
    for (const message of [
      "messages.1.content.0: Invalid `signature` in `thinking` block",
      "User messages cannot contain reasoning content.",
    ]) {
      expect(JSON.stringify(after(message))).not.toContain("reasoningContent");
    }
  });

  test("TK-20: where thinking is missing it is switched off", () => {
    const message = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.";
    expect(after(message)?.["additionalModelRequestFields"]).toEqual({ top_k: 5 });
  });
});

describe("limits", () => {
  test("PR-02: the limit is brought within bounds, and the thinking budget with it", () => {
    const lower = after("The maximum tokens you requested exceeds the model limit of 8192. Try again");
    expect(lower).toMatchObject({
      inferenceConfig: { maxTokens: 8_192 },
      additionalModelRequestFields: { thinking: { budget_tokens: 8_191 } },
    });
    const least = after("The maximum tokens you requested exceeds the model limit of 1000.");
    expect(least?.["additionalModelRequestFields"]).toEqual({ top_k: 5 });
  });

  test("ERR-18: what is left of the window is used, if it is worth it", () => {
    const overflow = (input: number): string =>
      `input length and \`max_tokens\` exceed context limit: ${input} + 32000 > 200000, decrease input length`;
    expect(after(overflow(190_000))?.["inferenceConfig"]).toMatchObject({ maxTokens: 9_936 });
    expect(after(overflow(199_900))).toBeUndefined();
  });
});

test("what would not change anything is not tried again", () => {
  expect(after("messages is not supported")).toBeUndefined();
  expect(after(unsupported("promptVariables"))).toBeUndefined();
  expect(after("Thinking may not be enabled when tool_choice forces tool use.", { messages: [] })).toBeUndefined();
  expect(repaired({ kind: "overloaded", message: "x" })).toBeUndefined();
  expect(repaired({ kind: "unsupported-parameter", message: "x", parameter: "toolConfig" })).toBeUndefined();
  expect(repairConverseRequest(new TextEncoder().encode("[]"), { kind: "overloaded", message: "x" })).toBeUndefined();
});
