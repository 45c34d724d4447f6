import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ClientDialect } from "../clients/client-dialect.ts";
import { messagesClient } from "../clients/messages-client.ts";
import { chatClient } from "../clients/openai-chat/index.ts";
import { responsesClient } from "../clients/openai-responses/index.ts";
import { anyMessagesRequest } from "../testing/any-messages-request.ts";
import { estimateInputTokens } from "./estimate-input-tokens.ts";
import { parseCountRequest } from "./parse-request.ts";
import { WholeContent, type RequestContent } from "./request-content.ts";

const encoder = new TextEncoder();
const context = { createdAtSeconds: 0 };
const user = (content: unknown) => ({ role: "user", content });
const png = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };

const contentOf = (body: unknown): RequestContent =>
  messagesClient.decodeRequest(encoder.encode(JSON.stringify(body)), context).content;
const ask = (more: object): RequestContent => contentOf({ model: "m", max_tokens: 9, messages: [user("hi")], ...more });
const plain = ({ thinking, images, inputTokens }: RequestContent) => ({
  thinking,
  images,
  inputTokens,
});

test.each(["tools", "tool-search", "server-tools", "media", "tool-media", "documents", "thinking", "session", "text"])(
  "what is found in the bytes of %s is what is found in the whole request",
  (name) => {
    const body = readFileSync(join(import.meta.dirname, "../../fixtures/requests", `${name}.json`));
    const scanned = messagesClient.decodeRequest(body, context).content;
    const whole = new WholeContent(() => parseCountRequest(body), body.length);
    expect(plain(scanned)).toEqual(plain(whole));
  },
);

test("what is found in the bytes of any request is what is found in the whole of it", () => {
  fc.assert(
    fc.property(anyMessagesRequest(), (request) => {
      const messages = [user("hi"), ...(Array.isArray(request["messages"]) ? request["messages"] : [])];
      const body = encoder.encode(JSON.stringify({ model: "m", ...request, messages }));
      const scanned = messagesClient.decodeRequest(body, context).content;
      const whole = new WholeContent(() => parseCountRequest(body), body.length);
      expect(plain(scanned)).toEqual(plain(whole));
    }),
    { numRuns: 200 },
  );
});

test.each([
  [undefined, false],
  [null, false],
  [{ type: "disabled" }, false],
  [{ type: "adaptive", display: "omitted" }, true],
  [{ type: "enabled", budget_tokens: 2_000 }, true],
  [{}, false],
])("thinking of %o is %s", (thinking, expected) => {
  expect(ask({ thinking }).thinking).toBe(expected);
});

test.each<[string, unknown, boolean]>([
  ["a message", [user([png])], true],
  ["the result of a tool", [user([{ type: "tool_result", tool_use_id: "t", content: [png] }])], true],
  ["the words of a message", [user([{ type: "text", text: "image" }])], false],
  [
    "the input of a tool",
    [{ role: "assistant", content: [{ type: "tool_use", id: "t", name: "n", input: png }] }],
    false,
  ],
  ["a document", [user([{ type: "document", source: { type: "text", data: "x" } }])], false],
])("images are found in %s as they should: %#", (_, messages, expected) => {
  expect(ask({ messages }).images).toBe(expected);
});

test("the size of a request with an image is not that of its bytes", () => {
  const large = { ...png, source: { ...png.source, data: "A".repeat(200_000) } };
  const content = ask({ messages: [user([large])] });
  expect(content.inputTokens).toBeLessThan(2_000);
  const messages = [user("word ".repeat(10_000))];
  const rough = ask({ messages }).inputTokens;
  const careful = estimateInputTokens(parseCountRequest(encoder.encode(JSON.stringify({ model: "m", messages }))));
  expect(rough / careful).toBeGreaterThan(0.8);
});

test.each<[string, unknown, boolean]>([
  [
    "a subagent",
    [
      {
        type: "text",
        text: "x-anthropic-billing-header: cc_version=2.1.330.1ab; cc_entrypoint=cli; cc_is_subagent=true;",
      },
    ],
    true,
  ],
  [
    "a subagent whose prompt is one text",
    "x-anthropic-billing-header: cc_version=2; cc_is_subagent=true;\nYou are",
    true,
  ],
  [
    "the main loop",
    [{ type: "text", text: "x-anthropic-billing-header: cc_version=2.1.330.1ab; cc_entrypoint=cli;" }],
    false,
  ],
  [
    "somebody who quotes the line later",
    [
      { type: "text", text: "You are" },
      { type: "text", text: "x-anthropic-billing-header: cc_is_subagent=true;" },
    ],
    false,
  ],
  ["somebody who writes of it", "x-anthropic-billing-header: a\ncc_is_subagent=true;", false],
  ["an empty prompt", [], false],
])("%s says so or not", (_, system, expected) => {
  expect(ask({ system }).saysSubagent).toBe(expected);
});

test("a broken request has no content, and is not refused for it", () => {
  const body = encoder.encode(
    '{"model":"m","tools":[{"name":"a\\x"}],"messages":[{"role":"user","content":[{"type":"image"}]}]}',
  );
  const { content } = messagesClient.decodeRequest(body, context);
  expect(plain(content)).toEqual({
    thinking: false,
    images: false,
    inputTokens: Math.ceil(body.length / 3.5),
  });
});

test("clients of OpenAI's APIs have the same content, also where their request is passed on", () => {
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const fn = { name: "Bash", parameters: { type: "object" } };
  const chat = {
    model: "m",
    messages: [user([image])],
    tools: [{ type: "function", function: fn }],
    reasoning_effort: "high",
  };
  const responses = {
    model: "m",
    input: [user([{ type: "input_image", image_url: image.image_url.url }])],
    tools: [{ type: "function", ...fn }],
    reasoning: { effort: "high" },
  };
  const found = (client: ClientDialect, body: object) =>
    plain(client.decodeRequest(encoder.encode(JSON.stringify(body)), context).content);
  for (const one of [found(chatClient, chat), found(responsesClient, responses)]) {
    expect(one).toMatchObject({ images: true, thinking: true });
    expect(one.inputTokens).toBeGreaterThan(100);
  }
});
