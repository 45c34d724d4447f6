import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ask, lineOf, post, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

interface Seen {
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
}

let bedrock: Server;
let gateway: GatewayProcess;
let seen: Seen[] = [];
let answer: (response: ServerResponse, count: number) => void;

/** A frame as AWS writes it: lengths and their checksum, headers, payload, checksum of all. */
function frame(type: string, payload: object, kind: "event" | "exception" = "event"): Buffer {
  const headers = Buffer.concat([header(`:${kind}-type`, type), header(":message-type", kind)]);
  const body = Buffer.from(JSON.stringify(payload));
  const head = Buffer.alloc(12);
  head.writeUInt32BE(16 + headers.length + body.length, 0);
  head.writeUInt32BE(headers.length, 4);
  head.writeUInt32BE(crc32(head.subarray(0, 8)), 8);
  const whole = Buffer.concat([head, headers, body, Buffer.alloc(4)]);
  whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4);
  return whole;
}

function header(name: string, value: string): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), size, Buffer.from(value)]);
}

function stream(response: ServerResponse, ...frames: readonly Buffer[]): void {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  response.end(Buffer.concat(frames));
}

function refuse(response: ServerResponse, message: string, type = "ValidationException"): void {
  response.writeHead(400, { "content-type": "application/json", "x-amzn-errortype": `${type}:http://internal/` });
  response.end(JSON.stringify({ message }));
}

const delta = (text: string): Buffer => frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text } });
const usage = { inputTokens: 7, outputTokens: 2, totalTokens: 9, cacheReadInputTokens: 3 };
const ending = [frame("messageStop", { stopReason: "end_turn" }), frame("metadata", { usage })];

beforeAll(async () => {
  bedrock = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      if (request.method !== "POST") return refuse(response, "", "UnknownOperationException");
      seen.push({ path: request.url, headers: request.headers, body: JSON.parse(text) });
      answer(response, seen.length);
    });
  });
  await new Promise<void>((resolve) => void bedrock.listen(0, "127.0.0.1", resolve));
  const address = bedrock.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const aws = { kind: "bedrock-converse", baseUrl: `http://127.0.0.1:${port}`, apiKey: upstreamKey };
  const target = "aws/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
  gateway = await startGateway({
    providers: { aws },
    models: [{ match: "claude-*", target }],
    keys: [{ name: "alice", value: aliceKey }],
  });
});
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await gateway?.close();
  bedrock?.close();
});

test("BR-13 FR-17: a stream goes to the model's own path and comes back as Claude's", async () => {
  answer = (response) =>
    stream(response, frame("messageStart", { role: "assistant" }), delta("Hel"), delta("lo"), ...ending);
  const got = await post(gateway.url, ask(true));
  expect(streamedText(got)).toBe("Hello");
  expect(got.events.at(-2)).toMatchObject({ usage: { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 2 } });
  expect(seen[0]?.path).toBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream");
  expect(seen[0]?.headers.authorization).toBe(`Bearer ${upstreamKey}`);
  expect(Object.keys(seen[0]?.body ?? {})).toEqual(["inferenceConfig", "messages"]);
  expect(await lineOf(gateway, got)).toMatchObject({ provider: "aws", outcome: "ok" });
});

test("a whole answer goes to the other path", async () => {
  const message = { role: "assistant", content: [{ text: "Hello" }] };
  answer = (response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ output: { message }, stopReason: "end_turn", usage }));
  };
  const got = await post(gateway.url, ask(false));
  expect(JSON.parse(got.text)).toMatchObject({ model: "claude-sonnet-4-6", content: [{ text: "Hello" }] });
  expect(seen[0]?.path).toMatch(/\/converse$/);
});

test("ERR-06: an overflow makes the client compact, with numbers where they are told", async () => {
  const said = "The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum";
  answer = (response) => refuse(response, said);
  const got = await post(gateway.url, ask(true));
  expect([got.status, got.error?.message]).toEqual([400, "prompt is too long: 200049 tokens > 200000 maximum"]);
});

test("BR-14 STR-28: an exception before any content is a status, after it an error event", async () => {
  const exception = frame("throttlingException", { message: "Too many requests" }, "exception");
  answer = (response) => stream(response, frame("messageStart", { role: "assistant" }), exception);
  expect((await post(gateway.url, ask(true))).status).toBe(429);
  answer = (response) => stream(response, frame("messageStart", { role: "assistant" }), delta("Hel"), exception);
  const broken = await post(gateway.url, ask(true));
  expect([broken.status, broken.events.at(-1)]).toMatchObject([
    200,
    { type: "error", error: { type: "rate_limit_error" } },
  ]);
});

test("a field that the model refuses is left out, and stays out from then on", async () => {
  const refusal =
    "This model doesn't support the inferenceConfig.temperature field. Remove inferenceConfig.temperature and try again.";
  answer = (response, count) => (count === 1 ? refuse(response, refusal) : stream(response, delta("ok"), ...ending));
  const more = { temperature: 0.5 };
  expect(streamedText(await post(gateway.url, ask(true, more)))).toBe("ok");
  expect(streamedText(await post(gateway.url, ask(true, more)))).toBe("ok");
  expect(seen.map(({ body }) => body["inferenceConfig"])).toEqual([
    { maxTokens: 100, temperature: 0.5 },
    { maxTokens: 100 },
    { maxTokens: 100 },
  ]);
});
