import type { ConverseTokensRequest } from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import type { InputTokenCountParams } from "openai/resources/responses/input-tokens";
import { describe, expect, expectTypeOf, test } from "vitest";
import { readEnvelope } from "../messages/read-envelope.ts";
import { bedrockConverse } from "./bedrock-converse/index.ts";
import type { ConverseRequest } from "./bedrock-converse/converse-request.ts";
import type { Counting, Dialect, Target } from "./dialect.ts";
import { gemini } from "./gemini/index.ts";
import { genericGemini } from "./gemini/profile.ts";
import { anthropicMessages } from "./anthropic-messages/index.ts";
import { openaiChat } from "./openai-chat/index.ts";
import { openaiResponses } from "./openai-responses/index.ts";

const asked = {
  model: "claude-sonnet-4-6",
  system: "Be brief.",
  messages: [
    { role: "user", content: "Read it." },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "Eq" },
        { type: "tool_use", id: "toolu_1", name: "Read", input: { path: "/a" } },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "text" }] },
  ],
  tools: [{ name: "Read", description: "Reads", input_schema: { type: "object", properties: {} } }],
  thinking: { type: "enabled", budget_tokens: 10_000 },
};

function countingOf(dialect: Dialect): Counting {
  if (dialect.counting === undefined) throw new Error(`${dialect.name} does not count`);
  return dialect.counting;
}

function written(dialect: Dialect, target: Target, request: object = asked) {
  const body = new TextEncoder().encode(JSON.stringify(request));
  const { body: bytes, dropped } = countingOf(dialect).write({ body, envelope: readEnvelope(body) }, target);
  return { sent: JSON.parse(new TextDecoder().decode(bytes)), dropped };
}

/** What the same request would be sent as. */
function translated(dialect: Dialect, target: Target) {
  const body = new TextEncoder().encode(JSON.stringify({ ...asked, max_tokens: 64_000 }));
  const context = { messageId: "msg_1", askedModel: "m" };
  const { body: bytes } = dialect.translate({ body, envelope: readEnvelope(body) }, target, context);
  return JSON.parse(new TextDecoder().decode(bytes));
}

describe("Converse", () => {
  const target = { model: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0" };
  const counting = countingOf(bedrockConverse);

  test("CT-01: counts what would be sent, without what is no input", () => {
    const { inferenceConfig: _, outputConfig: __, ...counted } = translated(bedrockConverse, target);
    expect(written(bedrockConverse, target).sent).toEqual({ input: { converse: counted } });
  });

  test.each([
    ["anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
    ["eu.anthropic.claude-sonnet-4-5-v1:0", "anthropic.claude-sonnet-4-5-v1%3A0"],
    ["us-gov.anthropic.claude-sonnet-4-6[1m]", "anthropic.claude-sonnet-4-6"],
    ["global.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
    [
      "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6",
      "anthropic.claude-sonnet-4-6",
    ],
    ["openai.gpt-5.6-sol", "openai.gpt-5.6-sol"],
  ])("CT-01: for %s it asks for %s, as CountTokens knows no inference profiles", (model, segment) => {
    expect(counting.path(model)).toBe(`/model/${segment}/count-tokens`);
  });

  test("the SDK's own type accepts what is counted", () => {
    type Fields = "messages" | "system" | "toolConfig" | "additionalModelRequestFields";
    expectTypeOf<Fields>().toExtend<keyof ConverseTokensRequest & keyof ConverseRequest>();
  });

  test("a count is read, and nothing else is one", () => {
    expect(counting.read({ inputTokens: 12 })).toEqual({ input_tokens: 12 });
    expect(counting.read({ message: "The provided model doesn't support counting tokens." })).toBeUndefined();
  });
});

describe("Gemini", () => {
  const target = { model: "gemini-3.8-pro" };
  const counting = countingOf(gemini);

  test("CT-02: the Gemini API counts a request as a whole, which names its model once more", () => {
    const request = translated(gemini, target);
    expect(written(gemini, target).sent).toEqual({
      generateContentRequest: { model: "models/gemini-3.8-pro", ...request },
    });
    expect(counting.path("gemini-3.8-pro")).toBe("/models/gemini-3.8-pro:countTokens");
    expect(counting.path("tunedModels/mine")).toBe("/tunedModels/mine:countTokens");
    expect(() => counting.path("../x")).toThrow(/model/);
  });

  test("CT-02: Vertex counts the request's fields as they stand", () => {
    const vertex = { ...target, gemini: { ...genericGemini, counts: "plain-fields" } } as const;
    const { toolConfig: _, ...request } = translated(gemini, vertex);
    expect(written(gemini, vertex).sent).toEqual(request);
  });

  test("a count is read, and nothing else is one", () => {
    expect(counting.read({ totalTokens: 31, promptTokensDetails: [] })).toEqual({ input_tokens: 31 });
    expect(counting.read({ error: { code: 400 } })).toBeUndefined();
  });
});

describe("Responses", () => {
  const target = { model: "gpt-5.6" };
  const counting = countingOf(openaiResponses);

  test("CT-02: counts what would be sent, without what is no input", () => {
    const { sent } = written(openaiResponses, target);
    const request = translated(openaiResponses, target);
    const counted = ["model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "reasoning"];
    expect(sent).toEqual(Object.fromEntries(Object.entries(request).filter(([name]) => counted.includes(name))));
    expect(Object.keys(sent)).toEqual(expect.arrayContaining(["model", "input", "tools", "reasoning"]));
    expect(counting.path("gpt-5.6")).toBe("/responses/input_tokens");
  });

  test("the SDK's own type knows every field", () => {
    type Counted = "model" | "instructions" | "input" | "tools" | "tool_choice" | "parallel_tool_calls" | "text";
    expectTypeOf<Counted | "reasoning">().toExtend<keyof InputTokenCountParams>();
  });

  test("a count is read, and nothing else is one", () => {
    expect(counting.read({ object: "response.input_tokens", input_tokens: 31 })).toEqual({ input_tokens: 31 });
    expect(counting.read({ error: { message: "no" } })).toBeUndefined();
  });
});

const dialects = [
  { dialect: anthropicMessages, target: { model: "claude-sonnet-4-6" } },
  { dialect: bedrockConverse, target: { model: "anthropic.claude-sonnet-4-6" } },
  { dialect: gemini, target: { model: "gemini-3.8-pro" } },
  { dialect: openaiResponses, target: { model: "gpt-5.6" } },
];

describe.each(dialects)("$dialect.name", ({ dialect, target }) => {
  test("CT-03: a request that is at fault is refused and not counted", () => {
    const broken = { model: "m", messages: "hello" };
    expect(() => written(dialect, target, broken)).toThrow(/messages/);
  });

  test("any answer is a count or none, and never throws", () => {
    const counting = countingOf(dialect);
    const key = fc.constantFrom("input_tokens", "inputTokens", "totalTokens", "x");
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.double()))), (answer) => {
        const count = counting.read(answer);
        if (count !== undefined) expect(Number.isSafeInteger(count.input_tokens)).toBe(true);
      }),
    );
  });
});

test("CT-02: chat completions count nothing in advance", () => {
  expect(openaiChat.counting).toBeUndefined();
});

test("PR-19: the mark of the long context reaches no provider, whatever it speaks", () => {
  for (const { dialect, target } of [...dialects, { dialect: openaiChat, target: { model: "gpt-5.6" } }]) {
    const marked = { ...target, model: `${target.model}[1m]` };
    expect(JSON.stringify(translated(dialect, marked))).not.toMatch(/\[1m\]/i);
    expect(dialect.pathFor?.(marked.model, true) ?? "").not.toMatch(/1m|%5B/i);
  }
});
