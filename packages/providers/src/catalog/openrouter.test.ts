import { readEnvelope } from "@drawbridge/translator";
import { anthropicMessages, bedrockConverse, gemini, openaiChat, openaiResponses } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { createProvider } from "../create-provider.ts";
import { Secret } from "../secret.ts";
import { reach } from "../test/reach.ts";

const dialects = {
  "anthropic-messages": anthropicMessages,
  "bedrock-converse": bedrockConverse,
  gemini,
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
};
const transport = { send: () => Promise.reject(new Error("nothing is sent")), close: () => Promise.resolve() };

test("no client names other models than the one it was allowed", () => {
  const provider = createProvider("openrouter", { apiKey: new Secret("sk-test") }, { transport, dialects });
  const { endpoint } = reach(provider, "anthropic/claude-sonnet-5");
  const request = { model: "sonnet", max_tokens: 5, messages: [{ role: "user", content: "hi" }] };
  const body = new TextEncoder().encode(
    JSON.stringify({ ...request, models: ["openai/gpt-6-sol"], route: "fallback" }),
  );
  const context = { messageId: "msg_1", askedModel: "sonnet" };
  const written = endpoint.dialect.translate({ body, envelope: readEnvelope(body) }, endpoint.target, context);
  expect(JSON.parse(new TextDecoder().decode(written.body))).toEqual({
    ...request,
    model: "anthropic/claude-sonnet-5",
  });
  expect(written.dropped.map(({ path }) => path)).toEqual(["models", "route"]);
});
