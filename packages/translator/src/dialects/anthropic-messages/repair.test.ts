import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import { anthropicMessages, azureFoundry, bedrockInvoke, messagesOn, vertexRawPredict } from "./index.ts";
import type { MessagesPlatform } from "./platform.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const thinking = { type: "thinking", thinking: "t", signature: "Eq" };
const call = { type: "tool_use", id: "t", name: "n", input: {} };
const request = {
  model: "m",
  max_tokens: 5_000,
  messages: [
    { role: "user", content: "q" },
    { role: "assistant", content: [thinking, call] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "r" }] },
  ],
  thinking: { type: "enabled", budget_tokens: 2_000 },
};

function repaired(body: unknown, message: string, kind: FailureKind = "invalid-request") {
  const bytes = anthropicMessages.repair(encode(body), { kind, message, status: 400 });
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

describe("repair", () => {
  test.each([
    "messages.1.content.0: Invalid `signature` in `thinking` block",
    "messages.1.content.0.thinking.signature: Field required",
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
  ])("ERR-17 TK-20: leaves earlier thinking out after %s", (message) => {
    expect(repaired(request, message)).toEqual({
      ...request,
      messages: [request.messages[0], { role: "assistant", content: [call] }, request.messages[2]],
      thinking: { type: "disabled" },
    });
  });

  test("turns thinking off after a refusal of a turn that another model began without any", () => {
    const management = { edits: [{ type: "clear_thinking_20251015", keep: "all" }] };
    const unthought = [request.messages[0], { role: "assistant", content: [call] }, request.messages[2]];
    const message =
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.";
    const body = { ...request, messages: unthought, context_management: management };
    expect(repaired(body, message)).toEqual({
      ...body,
      thinking: { type: "disabled" },
      context_management: { edits: [] },
    });
    expect(repaired({ ...body, thinking: { type: "adaptive" } }, message)).toBeUndefined();
  });

  test("ERR-17: gives up when there is no thinking left to leave out", () => {
    const bare = { ...request, messages: request.messages.slice(0, 1) };
    expect(repaired(bare, "Invalid `signature` in `thinking` block")).toBeUndefined();
  });

  test("touches no request that failed for another reason", () => {
    expect(repaired(request, "messages: bad")).toBeUndefined();
    expect(repaired(request, "thinking.budget_tokens: Input should be greater than 1024")).toBeUndefined();
    expect(repaired(request, "Invalid `signature` in `thinking` block", "server-error")).toBeUndefined();
    const noJson = new TextEncoder().encode("{");
    const failure = { kind: "invalid-request", message: "Invalid `signature` in `thinking` block" } as const;
    expect(anthropicMessages.repair(noJson, failure)).toBeUndefined();
  });
});

describe("repair on a platform", () => {
  const on = (platform: MessagesPlatform, body: unknown, failure: Omit<UpstreamFailure, "kind">) => {
    const kind = failure.parameter === undefined ? "invalid-request" : "unsupported-parameter";
    const bytes = messagesOn(platform).repair(encode(body), { ...failure, kind });
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  };
  const { model: _, ...rest } = request;
  const sent = { anthropic_version: "bedrock-2023-05-31", ...rest };

  test("ERR-17: leaves thinking out of a body whose path names the model", () => {
    const changed = on(bedrockInvoke, sent, { message: "Invalid `signature` in `thinking` block" });
    expect(changed.messages[1].content).toEqual([call]);
    expect(Object.keys(changed)[0]).toBe("anthropic_version");
  });

  test("BR-01: leaves out the betas that the platform does not know, with what they are for", () => {
    const management = { edits: [{ type: "clear_thinking_20251015" }] };
    const tools = [{ name: "T", input_schema: {}, defer_loading: true }];
    const betas = ["context-management-2025-06-27", "tool-search-tool-2025-10-19"];
    const body = { ...sent, anthropic_beta: betas, tools, context_management: management };
    const message = "invalid beta flag";
    expect(on(bedrockInvoke, body, { message })).toEqual({ ...sent, tools: [{ name: "T", input_schema: {} }] });
    expect(on(bedrockInvoke, sent, { message })).toBeUndefined();
  });

  test("ERR-18: leaves out a field that was refused by name, wherever it stands", () => {
    const tools = [
      { name: "A", input_schema: {}, strict: true },
      { strict: false, name: "B", input_schema: {} },
    ];
    const parameter = "tools.0.custom.strict";
    const changed = on(vertexRawPredict, { ...request, tools }, { message: "m", parameter });
    expect(changed.tools).toEqual([
      { name: "A", input_schema: {} },
      { name: "B", input_schema: {} },
    ]);
    const effort = { ...request, output_config: { effort: "high" } };
    expect(on(vertexRawPredict, effort, { message: "m", parameter: "output_config.effort" }).output_config).toEqual({});
    expect(on(vertexRawPredict, effort, { message: "m", parameter: "output_config" })).toEqual(request);
  });

  test.each(["messages", "messages.0.content", "tools.0.custom.name", "max_tokens", "nothing_such", ""])(
    "keeps a request whole when %j is refused",
    (parameter) => {
      const tools = [{ name: "A", input_schema: {} }];
      expect(on(vertexRawPredict, { ...request, tools }, { message: "m", parameter })).toBeUndefined();
    },
  );

  test("tells the client of a field that Anthropic itself refuses", () => {
    const failure = { message: "output_config: Extra inputs are not permitted", parameter: "output_config" };
    expect(on(azureFoundry, { ...request, output_config: {} }, failure)).toBeUndefined();
  });

  test("never throws, whatever the body and the refusal", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    const words = fc.constantFrom("invalid beta flag", "thinking signature", "Expected `thinking`, but found", "m");
    fc.assert(
      fc.property(bytes, words, fc.string(), (body, message, parameter) => {
        const failure = { kind: "unsupported-parameter", message, parameter } as const;
        expect(() => messagesOn(bedrockInvoke).repair(body, failure)).not.toThrow();
      }),
    );
  });
});

test("MSG-19 BR-03: forwards the headers that belong to the API, whole", () => {
  expect(anthropicMessages.forwardedHeaders).toEqual(["anthropic-version", "anthropic-beta", "user-agent", "x-app"]);
  expect(messagesOn(azureFoundry).forwardedHeaders).toEqual(["anthropic-version", "user-agent", "x-app"]);
  expect(messagesOn(bedrockInvoke).forwardedHeaders).toEqual([]);
  expect(anthropicMessages.paths).toEqual({ create: "/v1/messages", models: "/v1/models" });
});
