import type { Answer, FakeProvider, Fault } from "@drawbridge/providers/testing";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, lineOf, post, streamedText } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

interface Expected {
  readonly status: number;
  readonly type: string;
  readonly message?: RegExp;
  readonly retry?: "true" | "false" | null;
}

const error = (status: number, more: object = {}): Fault => ({ kind: "http-error", status, ...more });
const overflow =
  "This model's maximum context length is 32768 tokens. However, your messages resulted in 40000 tokens.";

/** Faults that show before any content; each becomes an HTTP status, whether the answer was to be streamed or not. */
const early: readonly [string, Fault, Expected][] = [
  [
    "resets before the head",
    { kind: "reset-before-head" },
    { status: 502, type: "api_error", message: /gpu|connection/i, retry: null },
  ],
  ["resets within the head", { kind: "reset-mid-head" }, { status: 502, type: "api_error", retry: null }],
  ["is silent", { kind: "silence-before-head" }, { status: 504, type: "timeout_error", retry: null }],
  ["answers HTML with 200", { kind: "html-with-200" }, { status: 502, type: "api_error", message: /^[^<]*$/ }],
  ["answers an error with 200", { kind: "json-error-with-200" }, { status: 500, type: "api_error" }],
  [
    "refuses the gateway's credential",
    error(401),
    { status: 502, type: "api_error", message: /"gpu".*credential/, retry: "false" },
  ],
  [
    "forbids the gateway's credential",
    error(403),
    { status: 502, type: "api_error", message: /"gpu".*credential/, retry: "false" },
  ],
  [
    "is rate limited",
    error(429, { headers: { "retry-after": "7" } }),
    { status: 429, type: "rate_limit_error", retry: null },
  ],
  ["is overloaded", error(529, { type: "overloaded_error" }), { status: 529, type: "overloaded_error", retry: null }],
  ["fails with 500", error(500), { status: 500, type: "api_error", retry: null }],
  ["fails with HTML", error(502, { body: "html" }), { status: 502, type: "api_error", message: /^[^<]*$/ }],
  ["fails with an empty body", error(500, { body: "empty" }), { status: 500, type: "api_error", message: /.+/ }],
  [
    "finds the prompt too long",
    error(400, { message: overflow }),
    { status: 400, type: "invalid_request_error", message: /^prompt is too long: 40000 tokens > 32768 maximum$/ },
  ],
];

/** Impatient where silence is the fault; elsewhere a busy machine must not make one of it. */
const providerFor = ({ kind }: Fault): string => (kind.startsWith("silence") ? "hasty" : "gpu");

describe.each(["openai-chat", "anthropic-messages"] as const)("when %s", (kind) => {
  let answer: Answer;
  let upstream: FakeProvider;
  let gateway: GatewayHere;

  beforeAll(async () => {
    upstream = await startFakeProvider({ apiKey: upstreamKey, models: ["qwen3-coder"], script: () => answer });
  });
  // A gateway remembers how its providers fared, and no test is to suffer from another's faults.
  beforeEach(async () => {
    answer = { text: "A text long enough for several events of a stream." };
    const baseUrl = kind === "openai-chat" ? upstream.openaiBaseUrl : upstream.url;
    gateway = await startGatewayHere({
      providers: {
        gpu: { kind, baseUrl, apiKey: upstreamKey },
        hasty: { kind, baseUrl, apiKey: upstreamKey, timeouts: { firstByte: "400ms", whole: "400ms", idle: "400ms" } },
      },
      models: ["gpu", "hasty"].map((name) => ({ match: `claude-${name}`, target: `${name}/qwen3-coder` })),
      keys: [{ name: "alice", value: aliceKey }],
    });
  });
  afterEach(() => gateway.close());
  afterAll(async () => {
    await upstream?.close();
  });

  describe.each([
    ["streamed", true],
    ["whole", false],
  ] as const)("a %s answer is asked for and the upstream", (_, stream) => {
    test.each(early)("%s, the client gets a status and a sentence", async (__, fault, expected) => {
      answer = { ...answer, fault };
      const provider = providerFor(fault);
      const got = await post(gateway.url, ask(stream, { model: `claude-${provider}` }));
      expect(got).toMatchObject({ status: expected.status, error: { type: expected.type } });
      expect(got.error?.message).toMatch(expected.message ?? /.{10}/);
      expect(got.text).not.toContain(upstreamKey);
      if (expected.retry !== undefined) expect(got.headers.get("x-should-retry")).toBe(expected.retry);
      expect(got.headers.get("request-id")).toMatch(/^req_/);
      const line = await lineOf(gateway, got);
      expect(line).toMatchObject({ outcome: "failed", status: expected.status, provider, key_name: "alice" });
    });

    test("asks to wait, the client is told how long", async () => {
      answer = { ...answer, fault: error(429, { headers: { "retry-after": "7" } }) };
      expect((await post(gateway.url, ask(stream, { model: "claude-gpu" }))).headers.get("retry-after")).toBe("7");
    });

    test("refuses connections, the client is told where", async () => {
      await upstream.refuseConnections();
      const got = await post(gateway.url, ask(stream, { model: "claude-gpu" }));
      await upstream.acceptConnections();
      expect(got).toMatchObject({ status: 502, error: { type: "api_error" } });
      expect(got.error?.message).toMatch(/127\.0\.0\.1:\d+.*refused|refused.*127\.0\.0\.1:\d+/);
    });
  });

  test.each<[string, Fault]>([
    ["resets", { kind: "reset-mid-stream", afterEvents: 4 }],
    ["closes its connection", { kind: "close-mid-stream", afterEvents: 4 }],
    ["ends without a finish", { kind: "truncated", afterEvents: 4 }],
    ["ends in the middle of an event", { kind: "half-event", afterEvents: 4 }],
    ["falls silent", { kind: "silence-mid-stream", afterEvents: 4 }],
    ["sends an error", { kind: "error-mid-stream", afterEvents: 4 }],
  ])(
    "the stream %s after content, it ends with an error event and is never passed off as complete",
    async (_, fault) => {
      answer = { ...answer, fault };
      const got = await post(gateway.url, ask(true, { model: `claude-${providerFor(fault)}` }));
      expect(got.status).toBe(200);
      expect(got.events.at(0)?.type).toBe("message_start");
      expect(streamedText(got).length).toBeGreaterThan(0);
      expect(got.events.at(-1)?.type).toBe("error");
      expect(got.events.map(({ type }) => type)).not.toContain("message_stop");
      expect(await lineOf(gateway, got)).toMatchObject({ outcome: "truncated", stream: true });
    },
  );

  test.each<[string, Fault]>([
    ["uses CRLF", { kind: "crlf" }],
    ["sends one byte at a time", { kind: "byte-at-a-time" }],
    ["compresses", { kind: "gzip" }],
    ["forgets its content type", { kind: "wrong-content-type" }],
    ["answers whole", { kind: "whole-to-stream-request" }],
    ["forgets its last marker", { kind: "no-done" }],
  ])("the upstream %s, the stream is complete all the same", async (_, fault) => {
    answer = { ...answer, fault };
    const got = await post(gateway.url, ask(true, { model: "claude-gpu" }));
    expect(streamedText(got)).toBe(answer.text);
    expect(got.events.at(-1)?.type).toBe("message_stop");
    expect(await lineOf(gateway, got)).toMatchObject({ outcome: "ok" });
  });

  test("a stream that was not asked for is folded into a whole answer", async () => {
    answer = { ...answer, fault: { kind: "stream-to-whole-request" } };
    const got = await post(gateway.url, ask(false, { model: "claude-gpu" }));
    expect(JSON.parse(got.text)).toMatchObject({ type: "message", content: [{ type: "text", text: answer.text }] });
  });
});
