import { describe, expect, test } from "vitest";
import { anthropicMessages, openaiChat, openaiResponses } from "../../index.ts";
import type { ClientDialect } from "../client-dialect.ts";
import { messagesClient } from "../messages-client.ts";
import { chatClient } from "../openai-chat/index.ts";
import { responsesClient } from "../openai-responses/index.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
const messages = [{ role: "user", content: 'Say "max_tokens": 9.' }];
const context = { createdAtSeconds: 0 };
const asked = { messageId: "msg_1", askedModel: "m" };

function limited(client: ClientDialect, request: object, maxTokens: number) {
  return client.decodeRequest(encode(request), context).limitOutput(maxTokens);
}

/** What goes to a provider that speaks the client's own dialect. */
function sent(client: ClientDialect, request: object, maxTokens: number): unknown {
  const dialects = {
    "anthropic-messages": anthropicMessages,
    "openai-chat": openaiChat,
    "openai-responses": openaiResponses,
  };
  return decode(limited(client, request, maxTokens).translate(dialects[client.name], { model: "m" }, asked).body);
}

describe("a limited answer", () => {
  test.each<[string, ClientDialect, object, object]>([
    ["Messages", messagesClient, { messages, max_tokens: 64_000 }, { messages, max_tokens: 2_000 }],
    ["chat", chatClient, { messages, max_tokens: 64_000 }, { messages, max_tokens: 2_000 }],
    ["chat", chatClient, { messages, max_completion_tokens: 9_000 }, { messages, max_completion_tokens: 2_000 }],
    ["chat", chatClient, { messages }, { messages, max_completion_tokens: 2_000 }],
    [
      "Responses",
      responsesClient,
      { input: "hi", max_output_tokens: 9_000 },
      { input: "hi", max_output_tokens: 2_000 },
    ],
    ["Responses", responsesClient, { input: "hi" }, { input: "hi", max_output_tokens: 2_000 }],
  ])(
    "of a %s client is at most so long, and nothing else of its request changes",
    (_, ...[client, request, expected]) => {
      expect(sent(client, { model: "m", ...request }, 2_000)).toEqual({ model: "m", ...expected });
      expect(limited(client, { model: "m", ...request }, 2_000).facts.maxTokens).toBe(2_000);
    },
  );

  test("may be shorter than the limit", () => {
    expect(sent(messagesClient, { model: "m", messages, max_tokens: 100 }, 2_000)).toMatchObject({ max_tokens: 100 });
  });

  test("reaches a provider of another dialect too", () => {
    const call = limited(chatClient, { model: "m", messages, max_tokens: 64_000 }, 2_000);
    expect(decode(call.translate(anthropicMessages, { model: "m" }, asked).body)).toMatchObject({ max_tokens: 2_000 });
  });

  test.each([
    [31_999, 4_000, { type: "enabled", budget_tokens: 2_976 }],
    [31_999, 1_500, { type: "enabled", budget_tokens: 1_024 }],
    [31_999, 1_024, { type: "disabled" }],
    [2_000, 4_000, { type: "enabled", budget_tokens: 2_000 }],
  ])("leaves room for text beside the thinking: %d of %d tokens", (budget, maxTokens, thinking) => {
    const request = { model: "m", messages, max_tokens: 64_000, thinking: { type: "enabled", budget_tokens: budget } };
    expect(sent(messagesClient, request, maxTokens)).toMatchObject({ max_tokens: maxTokens, thinking });
  });
});

describe("what a request asks for that costs otherwise", () => {
  test.each<[ClientDialect, object, readonly string[]]>([
    [messagesClient, { messages, max_tokens: 9 }, []],
    [messagesClient, { messages, max_tokens: 9, service_tier: "auto" }, []],
    [messagesClient, { messages, max_tokens: 9, speed: "fast", inference_geo: "us" }, ["fast", "us"]],
    [chatClient, { messages, service_tier: "priority" }, ["priority"]],
    [responsesClient, { input: "hi", service_tier: "flex" }, ["flex"]],
    [responsesClient, { input: "hi", service_tier: null }, []],
  ])("is known before it is sent: %#", (client, request, tiers) => {
    expect(client.decodeRequest(encode({ model: "m", ...request }), context).tiers).toEqual(tiers);
  });
});
