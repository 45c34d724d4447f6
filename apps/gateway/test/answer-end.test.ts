import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask, lineOf, post, streamedText } from "./support/post.ts";
import { aliceKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const said = chunk({ role: "assistant", content: "one two three" });
const usage = `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } })}\n\n`;
const done = "data: [DONE]\n\n";
const chatEnd = chunk({}, "stop");

const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [],
  usage: { input_tokens: 7 },
};
const messages = [
  event("message_start", { message }),
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "one two three" } }),
  event("content_block_stop", { index: 0 }),
  event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 3 } }),
].join("");

interface Variant {
  readonly provider: "chat" | "messages";
  readonly text: string;
  /** Sent over and over behind it. */
  readonly comment?: string;
}

/** Servers that say that their answer is over, and then leave the connection open. */
const variants: readonly [string, Variant][] = [
  ["keeps the connection open after [DONE]", { provider: "chat", text: said + chatEnd + usage + done }],
  ["leaves [DONE] out", { provider: "chat", text: said + chatEnd + usage }],
  ["leaves its usage and [DONE] out", { provider: "chat", text: said + chatEnd }],
  ["leaves both out and drips comments", { provider: "chat", text: said + chatEnd, comment: ": still here\n\n" }],
  [
    "drips comments after [DONE]",
    { provider: "chat", text: said + chatEnd + usage + done, comment: ": still here\n\n" },
  ],
  [
    "keeps the connection open after message_stop",
    { provider: "messages", text: messages + event("message_stop", {}) },
  ],
  ["leaves message_stop out", { provider: "messages", text: messages }],
  ["leaves message_stop out and drips pings", { provider: "messages", text: messages, comment: event("ping", {}) }],
];

/** Measured in campaigns; elsewhere other processes take the processor away for longer, and the provider never ends. */
const soonMs = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 1_000 : 10_000;

let server: Server;
let gateway: GatewayProcess;
let body = "";
let drip: string | undefined;
/** Resolves once the connection of the last answer is closed or free again for another one. */
let left: Promise<void> = Promise.resolve();

function answer(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(body);
  const timer = setInterval(() => drip !== undefined && response.write(drip), 50);
  const { promise, resolve } = Promise.withResolvers<void>();
  left = promise;
  response.once("close", () => {
    clearInterval(timer);
    resolve();
  });
}

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === "POST") request.resume().once("end", () => answer(response));
    else response.writeHead(404).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  gateway = await startGateway({
    providers: {
      chat: { kind: "openai-chat", baseUrl: `${url}/v1`, chat: { maxStopSequences: 0 } },
      messages: { kind: "anthropic-messages", baseUrl: url },
    },
    keys: [{ name: "alice", value: aliceKey }],
  });
});
beforeEach(() => {
  drip = undefined;
});
afterAll(async () => {
  await gateway?.close();
  server?.closeAllConnections();
  server?.close();
});

describe.each(variants)("when a provider %s", (_name, { provider, text, comment }) => {
  test(`its answer ends within ${soonMs / 1_000} s, complete, and its connection is let go`, async () => {
    body = text;
    drip = comment;
    const startedMs = performance.now();
    const posted = await post(gateway.url, ask(true, { model: `${provider}/m` }));
    expect(performance.now() - startedMs).toBeLessThan(soonMs);
    expect(streamedText(posted)).toBe("one two three");
    expect(posted.events.at(-1)?.type).toBe("message_stop");
    expect(await lineOf(gateway, posted)).toMatchObject({ outcome: "ok" });
    await left;
    expect(performance.now() - startedMs).toBeLessThan(2 * soonMs);
  });
});

test("a provider that writes past a stop sequence is cut off at once, and its tokens are estimated", async () => {
  body = said;
  drip = chunk({ content: " more" });
  const startedMs = performance.now();
  const posted = await post(gateway.url, ask(true, { model: "chat/m", stop_sequences: ["two"] }));
  await left;
  expect(performance.now() - startedMs).toBeLessThan(soonMs);
  expect(streamedText(posted)).toBe("one ");
  expect(posted.events.at(-2)).toMatchObject({ delta: { stop_reason: "stop_sequence", stop_sequence: "two" } });
  expect(await lineOf(gateway, posted)).toMatchObject({ outcome: "ok", usage_estimated: true });
});
