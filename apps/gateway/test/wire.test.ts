import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, post, readEvents, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const streamed = [chunk({ role: "assistant", content: "Grüße" }), chunk({}, "stop"), "data: [DONE]\n\n"].join("");
const whole = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "Grüße" }, finish_reason: "stop" }],
});

let answer: (stream: boolean, response: http.ServerResponse) => void;
let seen: http.IncomingHttpHeaders[] = [];
let gateway: GatewayHere;

/** An upstream whose answers a test writes byte by byte. */
const upstream = http.createServer((request, response) => {
  // The gateway lists the upstream's models by itself.
  if (request.method === "GET") return void response.end('{"data":[]}');
  seen.push(request.headers);
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => (body += text));
  request.on("end", () => answer(/"stream":true/.test(body), response));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await startGatewayHere({
    providers: { gpu: { kind: "openai-chat", baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: upstreamKey } },
    models: [{ match: "claude-*", target: "gpu/qwen3-coder" }],
    keys: [{ name: "alice", value: aliceKey }],
  });
});
beforeEach(() => {
  seen = [];
  answer = (stream, response) => {
    response.setHeader("content-type", stream ? "text/event-stream" : "application/json");
    response.end(stream ? streamed : whole);
  };
});
afterAll(async () => {
  await gateway?.close();
  upstream.close();
});

test("BR-12: an answer has the gateway's own headers and none of the upstream's", async () => {
  const write = answer;
  answer = (stream, response) => {
    response.setHeader("set-cookie", "a=1");
    response.setHeader("x-ratelimit-remaining-requests", "7");
    response.setHeader("x-request-id", "upstream-1");
    response.setHeader("keep-alive", "timeout=1");
    write(stream, response);
  };
  for (const stream of [true, false]) {
    const { status, headers } = await post(gateway.url, ask(stream));
    expect(status).toBe(200);
    expect(headers.get("request-id")).toMatch(/^req_/);
    expect(headers.get("x-drawbridge-model")).toBe("qwen3-coder");
    const foreign = [...headers.keys()].filter((name) => /cookie|ratelimit|x-request-id/.test(name));
    expect(foreign).toEqual([]);
    expect(headers.get("keep-alive")).not.toBe("timeout=1");
    if (!stream) continue;
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-cache");
    expect(headers.get("x-accel-buffering")).toBe("no");
    expect(headers.get("content-length")).toBeNull();
  }
});

test("EP-04 BR-07: what tells of the client's session and software stays here", async () => {
  const headers = {
    "x-claude-code-session-id": "session-1",
    "anthropic-beta": "context-1m-2025-08-07",
    "anthropic-version": "2023-06-01",
    "anthropic-dangerous-direct-browser-access": "true",
    "x-stainless-retry-count": "0",
    "x-app": "cli",
    "user-agent": "claude-cli/2.1",
  };
  expect((await post(gateway.url, ask(true), { headers })).status).toBe(200);
  const told = JSON.stringify(seen);
  expect(told).not.toMatch(/session-1|anthropic|stainless|x-app|claude-cli/i);
  expect(told).not.toContain(aliceKey);
  expect(seen[0]?.authorization).toBe(`Bearer ${upstreamKey}`);
});

test.each([{}, { "anthropic-version": "2099-01-01" }])(
  "EP-10: a request is taken whatever version it names (%j)",
  async (headers) => {
    expect((await post(gateway.url, ask(false), { headers })).status).toBe(200);
  },
);

test("EP-06: a whole answer says what the stream of it says", async () => {
  const stream = await post(gateway.url, ask(true));
  const message: unknown = JSON.parse((await post(gateway.url, ask(false))).text);
  expect(message).toMatchObject({ type: "message", content: [{ type: "text", text: "Grüße" }] });
  expect(message).toMatchObject({ stop_reason: "end_turn", usage: { output_tokens: expect.any(Number) } });
  expect(streamedText(stream)).toBe("Grüße");
  expect(stream.events.at(-2)).toMatchObject({ type: "message_delta", delta: { stop_reason: "end_turn" } });
});

test("STR-32 FR-14: the message starts with the first good chunk, and each event goes out before the next one comes", async () => {
  const opened = Promise.withResolvers<http.ServerResponse>();
  answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ role: "assistant", content: "one" }));
    opened.resolve(response);
  };
  const reply = await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": aliceKey },
    body: JSON.stringify(ask(true)),
  });
  let text = "";
  const body = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  // The upstream says nothing more until the client has what was said: what is held back would be waited for in vain.
  const until = async (word: string): Promise<void> => {
    while (!text.includes(word)) text += (await body?.read())?.value ?? "";
  };
  await until('"one"');
  expect(readEvents(text).at(0)?.type).toBe("message_start");
  const upstreamAnswer = await opened.promise;
  for (const word of ["two", "three", "four"]) {
    upstreamAnswer.write(chunk({ content: word }));
    await until(`"${word}"`);
  }
  upstreamAnswer.end(chunk({}, "stop"));
  await until("message_stop");
});

// A model name has one target here, so there is no list of tries that could hide what the last of them said.
test("ERR-08: a failure is the upstream's own, in its own words", async () => {
  answer = (_, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "tools[3].name is not to my liking", type: "bad" } }));
  };
  const got = await post(gateway.url, ask(true));
  expect(got).toMatchObject({ status: 400, error: { type: "invalid_request_error" } });
  expect(got.error?.message).toContain("tools[3].name is not to my liking");
});

test.each([
  ["POST", "/api/event_logging/batch"],
  ["POST", "/anthropic/api/event_logging"],
  ["OPTIONS", "/v1/messages"],
  ["OPTIONS", "/"],
  ["GET", "/favicon.ico"],
])("EP-02: %s %s is answered at once, and never as a failure of the gateway", async (method, path) => {
  const reply = await fetch(`${gateway.url}${path}`, { method });
  await reply.text();
  expect(reply.status).toBeGreaterThanOrEqual(200);
  expect(reply.status).toBeLessThan(500);
  expect(seen).toEqual([]);
});

// Clients that think of a larger window are served by their own setting for it, and by the overflow that they know.
test("CT-03 CT-04: a count is one number, and a true one: twice the text counts twice, with no window behind it", async () => {
  const count = async (words: number): Promise<number> => {
    const messages = [{ role: "user", content: "bridge ".repeat(words) }];
    const got = await post(gateway.url, { model: "claude-x", messages }, { path: "/v1/messages/count_tokens" });
    const counted = JSON.parse(got.text) as { input_tokens: number };
    expect(Object.keys(counted)).toEqual(["input_tokens"]);
    return counted.input_tokens;
  };
  const once = await count(40_000);
  expect(once).toBeGreaterThan(40_000);
  expect(once).toBeLessThan(60_000);
  expect((await count(80_000)) / once).toBeCloseTo(2, 1);
});
