import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer, FakeProvider } from "@drawbridge/providers/testing";
import { startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatRequest, toolNames, toolResults } from "./support/chat-request.ts";
import { ask, lineOf, post, streamedText, type Posted } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

const search = { type: "web_search_20250305", name: "web_search", max_uses: 3 };
const question = { role: "user", content: "Which Node is current?" };
const page = { url: "https://nodejs.org/en", title: "Node.js", content: "v24 is LTS.", publishedDate: "2026-11-01" };

let engine: Server;
let queries: (string | null)[] = [];
let engineStatus = 200;
let upstream: FakeProvider;
let gateway: GatewayProcess;
/** What the model does in its first turn; then it answers in words. */
let calls: NonNullable<Answer["toolCalls"]> = [];
let later: Answer = { text: "Node 24." };

beforeAll(async () => {
  engine = createServer((request, response) => {
    queries.push(new URL(request.url ?? "", "http://engine").searchParams.get("q"));
    response.writeHead(engineStatus, { "content-type": "application/json" });
    response.end(JSON.stringify({ results: [page] }));
  });
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  const { port } = engine.address() as AddressInfo;
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: ["qwen3-coder", "glm-5"],
    script: ({ assistantTurns }) => {
      const usage = { inputTokens: 100, outputTokens: 10 };
      return assistantTurns === 0 ? { text: "Let me look.", toolCalls: calls, usage } : { usage, ...later };
    },
  });
  gateway = await startGateway({
    providers: {
      gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey },
      hasty: {
        kind: "openai-chat",
        baseUrl: upstream.openaiBaseUrl,
        apiKey: upstreamKey,
        timeouts: { firstByte: "15s", idle: "2s" },
      },
    },
    models: [
      { match: "claude-haiku-*", target: "hasty/qwen3-coder" },
      { match: "claude-sonnet-*", target: "gpu/qwen3-coder" },
      { match: "claude-opus-*", target: "gpu/glm-5" },
    ],
    keys: [{ name: "alice", value: aliceKey }],
    search: { kind: "searxng", baseUrl: `http://127.0.0.1:${port}` },
  });
});
beforeEach(() => {
  queries = [];
  engineStatus = 200;
  calls = [{ id: "call_1", name: "web_search", input: { query: "current node" } }];
  later = { text: "Node 24." };
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
  engine?.closeAllConnections();
  engine?.close();
});

interface Told {
  readonly content: readonly { readonly type: string; readonly [key: string]: unknown }[];
  readonly stop_reason: string;
  readonly usage: object;
}

type Block = Record<string, unknown> & { type: string };

/** The answer that a client puts together, streamed or whole. */
function told(answer: Posted): Told {
  if (answer.events.length === 0) return JSON.parse(answer.text) as Told;
  const content: Block[] = [];
  const inputs = new Map<Block, string>();
  let end: Pick<Told, "stop_reason" | "usage"> = { stop_reason: "", usage: {} };
  for (const event of answer.events) {
    const delta = event["delta"] as Readonly<Record<string, string>> | undefined;
    if (event.type === "content_block_start") content.push({ ...(event["content_block"] as Block) });
    const block = content[Number(event["index"])];
    if (block !== undefined && delta !== undefined) grow(block, inputs, delta);
    if (event.type === "message_delta") {
      end = { stop_reason: delta?.["stop_reason"] ?? "", usage: event["usage"] ?? {} };
    }
  }
  for (const [block, input] of inputs) block["input"] = JSON.parse(input) as unknown;
  return { content, ...end };
}

function grow(block: Block, inputs: Map<Block, string>, delta: Readonly<Record<string, string>>): void {
  if (delta["type"] === "text_delta") block["text"] = `${String(block["text"])}${delta["text"]}`;
  if (delta["type"] !== "input_json_delta") return;
  inputs.set(block, `${inputs.get(block) ?? ""}${delta["partial_json"]}`);
}

describe.each([
  ["streamed", true],
  ["whole", false],
])("a web search for a model that has none, %s", (_name, stream) => {
  const request = (more: object = {}): object => ask(stream, { messages: [question], tools: [search], ...more });

  test("is made by the configured engine within one request, and told as Claude's own (SRV-04, USG-11)", async () => {
    const posted = await post(gateway.url, request());
    const answer = told(posted);
    expect(queries).toEqual(["current node"]);
    expect(answer.content).toMatchObject([
      { type: "text", text: "Let me look." },
      { type: "server_tool_use", name: "web_search", input: { query: "current node" } },
      {
        type: "web_search_tool_result",
        content: [{ type: "web_search_result", url: page.url, title: page.title, page_age: page.publishedDate }],
      },
      { type: "text", text: "Node 24." },
    ]);
    expect(answer).toMatchObject({
      stop_reason: "end_turn",
      usage: { input_tokens: 200, output_tokens: 20, server_tool_use: { web_search_requests: 1 } },
    });
    const seen = upstream.requests
      .filter(({ operation }) => operation === "create")
      .slice(-2)
      .map(chatRequest);
    expect(seen.map(toolNames)).toEqual([["web_search"], ["web_search"]]);
    expect(Object.values(toolResults(seen[1] ?? expect.fail("one call only")))[0]).toContain("v24 is LTS.");
    expect(await lineOf(gateway, posted)).toMatchObject({ outcome: "ok", input_tokens: 200, output_tokens: 20 });
  });

  test("is made for a long request as well, which each further call repeats whole", async () => {
    const long = { role: "user", content: `Which Node is current? ${"I have asked before. ".repeat(5_000)}Answer.` };
    const posted = await post(gateway.url, request({ messages: [long] }));
    expect(told(posted).content.at(-1)).toMatchObject({ type: "text", text: "Node 24." });
    const bodies = upstream.requests.filter(({ operation }) => operation === "create").slice(-2);
    for (const body of bodies) expect(JSON.stringify(chatRequest(body))).toContain(long.content);
  });

  test("leaves a conversation that goes on, with the same model and with another", async () => {
    const first = told(await post(gateway.url, request()));
    const messages = [
      question,
      { role: "assistant", content: first.content },
      { role: "user", content: "And before?" },
    ];
    const before = chatRequest(upstream.requests.at(-1)).messages;
    for (const model of ["claude-sonnet-5", "claude-opus-5"]) {
      const next = await post(gateway.url, request({ model, messages }));
      expect(next.status).toBe(200);
      const seen = chatRequest(upstream.requests.at(-1)).messages;
      expect(seen.slice(0, before.length)).toEqual(before);
      expect(seen.slice(before.length).map(({ role }) => role)).toEqual(["assistant", "user"]);
    }
  });

  test("that fails is told with the API's code, and the model answers without", async () => {
    engineStatus = 429;
    const answer = told(await post(gateway.url, request()));
    expect(answer.content[2]).toMatchObject({
      content: { type: "web_search_tool_result_error", error_code: "too_many_requests" },
    });
    expect(answer.content.at(-1)).toMatchObject({ text: "Node 24." });
  });

  test("ends the turn when a tool of the client's is called beside it", async () => {
    calls = [...calls, { id: "call_2", name: "Bash", input: { command: "node -v" } }];
    const tools = [search, { name: "Bash", input_schema: { type: "object", properties: {} } }];
    const answer = told(await post(gateway.url, request({ tools })));
    expect(answer.stop_reason).toBe("tool_use");
    expect(answer.content.map(({ type }) => type)).toEqual([
      "text",
      "server_tool_use",
      "tool_use",
      "web_search_tool_result",
    ]);
  });
});

test("a second call that fails after content ends the stream with an error", async () => {
  later = { fault: { kind: "http-error", status: 503 } };
  const answer = await post(gateway.url, ask(true, { messages: [question], tools: [search] }));
  expect(answer.status).toBe(200);
  expect(streamedText(answer)).toBe("Let me look.");
  expect(answer.events.at(-1)).toMatchObject({ type: "error" });
  expect(await lineOf(gateway, answer)).toMatchObject({ outcome: "truncated" });
});

test("a request that declares no search is asked once and searches nothing", async () => {
  calls = [];
  const count = upstream.requests.length;
  await post(gateway.url, ask(true));
  expect(upstream.requests.length - count).toBe(1);
  expect(queries).toEqual([]);
});

test("a stream that only keeps its connection alive is ended in the calls after a search too", async () => {
  later = { text: "Node 24 is the one.", fault: { kind: "heartbeats", afterEvents: 2, everyMs: 50 } };
  const got = await post(gateway.url, ask(true, { model: "claude-haiku-4-5", messages: [question], tools: [search] }));
  expect(got.events.map(({ type }) => type)).toContain("content_block_stop");
  expect(got.error?.message).toContain("stopped writing");
  expect(queries).toHaveLength(1);
});
