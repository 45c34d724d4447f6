import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { aliceKey } from "./support/scenario.ts";

const pairs = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 500 : 150;

/** An answer of Anthropic's, as it goes over the wire. */
interface Recorded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly string[];
}

const heads = fc.record(
  {
    "anthropic-ratelimit-requests-remaining": fc.nat(9_999).map(String),
    "anthropic-ratelimit-input-tokens-reset": fc.constant("2026-11-29T20:00:00Z"),
    "anthropic-ratelimit-unified-status": fc.constantFrom("allowed", "allowed_warning", "rejected"),
    "anthropic-fast-input-tokens-limit": fc.constant("1000000"),
    "x-should-retry": fc.constantFrom("true", "false"),
    "request-id": fc.stringMatching(/^req_[0-9a-zA-Z]{24}$/),
  },
  { requiredKeys: ["request-id"] },
);
const text = fc.string({ unit: "grapheme", maxLength: 60 });

const errorTypes = new Map([
  [400, "invalid_request_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [529, "overloaded_error"],
]);
const pauses = fc.option(fc.integer({ min: 10, max: 300 }));
const failed = fc
  .tuple(fc.constantFrom(...errorTypes.keys()), heads, text, pauses)
  .map(([status, headers, words, pause]): Recorded => {
    const error = { type: errorTypes.get(status), message: `no: ${words}` };
    const body = JSON.stringify({ type: "error", error, request_id: headers["request-id"] }, undefined, status % 3);
    const wait = pause === null || status < 429 ? {} : { "retry-after": String(pause) };
    return { status, headers: { ...headers, ...wait, "content-type": "application/json" }, chunks: [body] };
  });

const whole = fc.tuple(heads, text).map(([headers, words]): Recorded => {
  const usage = { input_tokens: 9, output_tokens: 3, brand_new: { a: [1] } };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-pairs", brand_new: null };
  const body = {
    ...message,
    content: [{ type: "text", text: words }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  };
  return {
    status: 200,
    headers: { ...headers, "content-type": "application/json" },
    chunks: [JSON.stringify(body, undefined, words.length % 3)],
  };
});

const event = (data: { readonly type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const streamed = fc.tuple(heads, fc.array(text, { minLength: 1, maxLength: 6 })).map(([headers, words]): Recorded => {
  const usage = { input_tokens: 9, output_tokens: 1 };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-pairs", content: [], usage };
  const events = [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
    ...words.map((word) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: word } })),
    { type: "brand_new_event", a: 1 },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 4 } },
    { type: "message_stop" },
  ];
  const head = { ...headers, "content-type": "text/event-stream; charset=utf-8" };
  return { status: 200, headers: head, chunks: events.map(event) };
});

const requestFor = (stream: fc.Arbitrary<boolean>): fc.Arbitrary<string> =>
  fc
    .tuple(text, stream, fc.constantFrom("", " ", "\n  "))
    .map(
      ([words, isStream, space]) =>
        `{${space}"max_tokens":1e2,"stream" : ${isStream},"brand_new":${space}[1.0],"model":"claude-pairs",` +
        `"messages":[{"content":${JSON.stringify(words === "" ? "hi" : words)},${space}"role":"user"}]}`,
    );
const exchanges = fc.oneof(
  fc.tuple(failed, requestFor(fc.boolean())),
  fc.tuple(whole, requestFor(fc.constant(false))),
  fc.tuple(streamed, requestFor(fc.constant(true))),
);

let recorded: Recorded;
let seen: Buffer;
let gateway: GatewayHere;

const upstream = createServer((request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    // The gateway lists models by itself.
    if (request.method === "GET") return void response.end('{"data":[]}');
    seen = Buffer.concat(chunks);
    response.writeHead(recorded.status, recorded.headers);
    for (const chunk of recorded.chunks) response.write(chunk);
    response.end();
  });
});
const origin = (): string => `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const anthropic = { baseUrl: origin(), apiKey: "sk-ant-0123456789" };
  const models = [{ match: "claude-pairs", target: "anthropic/claude-pairs" }];
  // Failures are told, and neither repeated nor remembered.
  const routing = { attempts: 1 };
  const keys = [{ name: "alice", value: aliceKey }];
  gateway = await startGatewayHere({ providers: { anthropic }, models, routing, keys });
});
afterAll(async () => {
  await gateway?.close();
  upstream.closeAllConnections();
  upstream.close();
});

/** All that an answer says, but for what belongs to its connection. */
async function heard(
  url: string,
  body: string,
): Promise<{ status: number; headers: Map<string, string>; bytes: Buffer }> {
  const headers = { "content-type": "application/json", "x-api-key": aliceKey, "anthropic-version": "2023-06-01" };
  const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers, body });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const hops = new Set(["connection", "keep-alive", "date", "transfer-encoding", "content-length"]);
  return { status: answer.status, headers: new Map([...answer.headers].filter(([name]) => !hops.has(name))), bytes };
}

/** What the gateway's answers have of their own, or say where the provider said nothing. */
const own = new Set([
  "request-id",
  "x-drawbridge-provider",
  "x-drawbridge-model",
  "cache-control",
  "x-accel-buffering",
]);

test(`${pairs} answers of Anthropic's are the same with and without the gateway, and so are the requests`, async () => {
  await fc.assert(
    fc.asyncProperty(exchanges, async ([answer, request]) => {
      recorded = answer;
      const direct = await heard(origin(), request);
      const through = await heard(gateway.url, request);
      expect(seen.toString()).toBe(request);
      expect(through.status).toBe(direct.status);
      expect(through.bytes.equals(direct.bytes)).toBe(true);
      for (const [name, value] of direct.headers) {
        const passed = name === "request-id" ? "x-drawbridge-provider-request-id" : name;
        expect([name, through.headers.get(passed)]).toEqual([name, value]);
      }
      const added = [...through.headers.keys()].filter((name) => !direct.headers.has(name) && !own.has(name));
      expect(
        added.filter((name) => !/^(?:x-drawbridge-provider-request-id|x-should-retry|retry-after)$/.test(name)),
      ).toEqual([]);
    }),
    { numRuns: pairs },
  );
});
