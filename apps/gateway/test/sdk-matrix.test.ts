import { type Answer, type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { png } from "./support/png.ts";
import { upstreamKey } from "./support/scenario.ts";
import { anthropicSdk } from "./support/sdk/anthropic-sdk.ts";
import type { Conversation } from "./support/sdk/conversation.ts";
import { openaiChatSdk } from "./support/sdk/openai-chat-sdk.ts";
import { openaiResponsesSdk } from "./support/sdk/openai-responses-sdk.ts";
import { configForEach, upstreamDialects } from "./support/sdk/upstream-dialects.ts";

// Each vendor's SDK asks, each vendor's dialect answers, and the upstream refuses what its vendor would refuse.

let script: (request: SeenRequest) => Answer;
let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  const models = upstreamDialects.map(({ model }) => model);
  upstream = await startFakeProvider({ apiKey: upstreamKey, models, script: (request) => script(request) });
  gateway = await startGatewayHere(configForEach(upstream));
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

const ways = [false, true];
const usage = { inputTokens: 20, cacheReadTokens: 80, outputTokens: 9, thinkingTokens: 4 };
const image = Buffer.from(png(4, [255, 0, 0])).toString("base64");

/** Everything that the upstream was told last. */
function told(): string {
  return JSON.stringify(upstream.calls.at(-1)?.body);
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each([anthropicSdk, openaiChatSdk, openaiResponsesSdk])("$name", (sdk) => {
  describe.each(upstreamDialects)("over $dialect", ({ dialect, overflow }) => {
    const begin = (text: string): Conversation => {
      const conversation = sdk.begin(gateway.url, `on-${dialect}`);
      conversation.say(text);
      return conversation;
    };

    test("reads text and usage, whole and streamed", async () => {
      script = () => ({ text: "Hello there: “é🙂”.", usage });
      for (const stream of ways) {
        const said = await begin("Hi").answer(stream);
        expect(said).toMatchObject({ text: "Hello there: “é🙂”.", calls: [], stop: "end" });
        expect(said.usage).toEqual({ input: 100, cached: 80, output: 9 });
        expect(upstream.calls.at(-1)).toMatchObject({ dialect, stream });
      }
    });

    test("reads thinking, hands it back and goes on", async () => {
      script = ({ assistantTurns }) =>
        assistantTurns === 0 ? { thinking: "Let me see.", text: "Hello." } : { thinking: "So be it.", text: "Bye." };
      for (const stream of ways) {
        const conversation = begin("Hi");
        expect(await conversation.answer(stream)).toMatchObject({ thinking: "Let me see.", text: "Hello." });
        conversation.say("And now?");
        expect(await conversation.answer(stream)).toMatchObject({ thinking: "So be it.", text: "Bye." });
      }
    });

    test("calls tools side by side, and their results reach the model", async () => {
      const calls = [{ path: "/a" }, { path: "/b" }];
      script = ({ assistantTurns }) =>
        assistantTurns === 0
          ? {
              thinking: "Two files.",
              text: "I read them.",
              toolCalls: calls.map((input) => ({ name: "read_file", input })),
            }
          : { text: "Both read." };
      for (const stream of ways) {
        const conversation = begin("Read /a and /b");
        const said = await conversation.answer(stream);
        expect(said).toMatchObject({ text: "I read them.", stop: "tools" });
        expect(said.calls.map(({ name, input }) => [name, input])).toEqual(calls.map((input) => ["read_file", input]));
        expect(new Set(said.calls.map(({ id }) => id)).size).toBe(2);
        conversation.give([{ text: "this is a" }, { text: "this is b" }]);
        expect(await conversation.answer(stream)).toMatchObject({ text: "Both read.", stop: "end" });
        expect(told()).toMatch(/this is a.*this is b/);
      }
    });

    test("hands an image on that a tool gave", async () => {
      script = ({ assistantTurns }) =>
        assistantTurns === 0
          ? { toolCalls: [{ name: "read_file", input: { path: "/red.png" } }] }
          : { text: "It is red." };
      for (const stream of ways) {
        const conversation = begin("Which colour?");
        await conversation.answer(stream);
        conversation.give([{ text: "an image", image }]);
        expect(await conversation.answer(stream)).toMatchObject({ text: "It is red." });
        expect(told()).toContain(image);
      }
    });

    test("knows an answer that its limit cut off", async () => {
      script = () => ({ text: "Once upon", finish: "length" });
      for (const stream of ways) {
        expect(await begin("Tell me").answer(stream)).toMatchObject({ text: "Once upon", stop: "length" });
      }
    });

    test.each(["error-mid-stream", "truncated", "reset-mid-stream"] as const)(
      "throws when a stream breaks: %s",
      async (kind) => {
        script = () => ({
          text: "A long answer that never comes to its end.",
          deltaChars: 4,
          fault: { kind, afterEvents: 7 },
        });
        const conversation = begin("Hi");
        expect(sdk.statusOf(await failureOf(conversation.answer(true)))).toBeDefined();
        expect(conversation.seen).toMatch(/^A long/);
      },
    );

    test("is told of an overflow in its own vendor's words", async () => {
      script = () => ({ fault: overflow });
      for (const stream of ways) {
        const error = await failureOf(begin("Hi").answer(stream));
        expect(sdk.statusOf(error)).toBe(400);
        const words =
          sdk === anthropicSdk ? /prompt is too long/ : /context_length_exceeded|context window|context length/;
        expect(JSON.stringify(error) + String(error)).toMatch(words);
      }
    });

    test("knows a refusal by its status", async () => {
      script = () => ({ fault: { kind: "http-error", status: 404, message: "tide too low" } });
      for (const stream of ways) {
        const error = await failureOf(begin("Hi").answer(stream));
        expect([sdk.statusOf(error), String(error)]).toEqual([404, expect.stringContaining("tide too low")]);
      }
    });
  });
});
