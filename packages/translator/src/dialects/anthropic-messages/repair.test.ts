import { describe, expect, test } from "vitest";
import type { FailureKind } from "../../messages/failure.ts";
import { anthropicMessages } from "./index.ts";

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

test("MSG-19 BR-03: forwards the headers that belong to the API, whole", () => {
  expect(anthropicMessages.forwardedHeaders).toEqual(["anthropic-version", "anthropic-beta", "user-agent", "x-app"]);
  expect(anthropicMessages.paths).toEqual({ create: "/v1/messages", models: "/v1/models" });
});
