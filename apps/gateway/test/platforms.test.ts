import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask, post, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

const model = "eu.anthropic.claude-sonnet-4-6";
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)),
  (value) => new TextEncoder().encode(value),
);
const lines = readFileSync(
  new URL("../../../packages/translator/fixtures/streams/bedrock-invoke-short-answer.jsonl", import.meta.url),
  "utf8",
)
  .trim()
  .split("\n");

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

let seen: Seen[] = [];
let server: Server;
let gateway: GatewayProcess;
let respond: (response: ServerResponse, request: Seen) => void;

beforeAll(async () => {
  server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  gateway = await startGateway({
    providers: {
      aws: { kind: "bedrock", region: "eu-west-1", baseUrl: `http://127.0.0.1:${port}`, apiKey: upstreamKey },
    },
    models: [{ match: "claude-*", target: `aws/${model}` }],
    keys: [{ name: "alice", value: aliceKey }],
  });
});
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await gateway?.close();
  server?.close();
});

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (request.method !== "POST") {
    response.writeHead(404).end();
    return;
  }
  const one = { path: request.url ?? "", headers: request.headers, body: JSON.parse(body) };
  seen.push(one);
  respond(response, one);
}

function frame(json: string): Uint8Array {
  const payload = JSON.stringify({ bytes: Buffer.from(json).toString("base64"), p: "abc" });
  const header = (value: string) => ({ type: "string" as const, value });
  return codec.encode({
    headers: { ":event-type": header("chunk"), ":message-type": header("event") },
    body: new TextEncoder().encode(payload),
  });
}

function sendFrames(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  for (const line of lines) response.write(frame(line));
  response.end();
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, { status, type, message }: Refusal): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ message }));
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

describe("Claude behind InvokeModel", () => {
  test("BR-01 BR-13 PR-17: streams out of AWS's frames, asked with what it knows of the client's betas", async () => {
    respond = sendFrames;
    const betas = "claude-code-20250219,interleaved-thinking-2025-05-14";
    const got = await post(gateway.url, ask(true), {
      path: "/v1/messages?beta=true",
      headers: { "anthropic-beta": betas },
    });
    expect(streamedText(got)).toBe("Hello");
    expect(got.events[0]).toMatchObject({ message: { model: "claude-sonnet-4-6" } });
    expect(got.headers.get("x-drawbridge-dropped")).toContain("claude-code-20250219");
    const [request] = seen;
    expect(request?.path).toBe(`/model/${model}/invoke-with-response-stream`);
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${upstreamKey}` });
    expect(request?.headers).not.toHaveProperty("anthropic-beta");
    expect(Object.keys(request?.body ?? {}).slice(0, 2)).toEqual(["anthropic_version", "anthropic_beta"]);
    expect(request?.body["anthropic_beta"]).toEqual(["interleaved-thinking-2025-05-14"]);
  });

  test("ERR-01: a throttling is told as one, in the client's envelope", async () => {
    respond = (response) => refuse(response, { status: 429, type: "ThrottlingException", message: "Too many tokens" });
    const got = await post(gateway.url, ask(true));
    expect([got.status, got.error?.type]).toEqual([429, "rate_limit_error"]);
  });

  test("BR-01: a beta that it does not know is left out, and the answer comes all the same", async () => {
    respond = (response, { body }) =>
      body["anthropic_beta"] === undefined
        ? sendFrames(response)
        : refuse(response, { status: 400, type: "ValidationException", message: "invalid beta flag" });
    const headers = { "anthropic-beta": "interleaved-thinking-2025-05-14" };
    expect(streamedText(await post(gateway.url, ask(true), { headers }))).toBe("Hello");
    expect(seen).toHaveLength(2);
  });
});

describe("counting", () => {
  const path = "/v1/messages/count_tokens?beta=true";
  const asked = { model: "claude-sonnet-4-6", messages: [{ role: "user", content: "How many is this?" }] };
  const count = async (): Promise<unknown> => JSON.parse((await post(gateway.url, asked, { path })).text);

  test("CT-01 CT-03: is the provider's, for the model behind the profile", async () => {
    respond = (response) => sendJson(response, { inputTokens: 4_711 });
    expect(await count()).toEqual({ input_tokens: 4_711 });
    expect(seen[0]?.path).toBe("/model/anthropic.claude-sonnet-4-6/count-tokens");
  });

  test("CT-02 CT-03: is an estimate where the provider refuses, which a burst finds out at once", async () => {
    respond = (response) => refuse(response, { status: 403, type: "AccessDeniedException", message: "no permission" });
    await count();
    seen = [];
    for (const got of await Promise.all(Array.from({ length: 35 }, count))) {
      expect(got).toEqual({ input_tokens: expect.any(Number) });
    }
    expect(seen).toHaveLength(0);
  });
});
