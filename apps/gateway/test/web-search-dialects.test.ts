import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startFakeProvider, type FakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, post, type Posted } from "./support/post.ts";
import { upstreamKey } from "./support/scenario.ts";
import { configForEach, upstreamDialects } from "./support/sdk/upstream-dialects.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

/** Models that have no search, or whose own cannot do what is asked: leave a site out, or stand beside a tool. */
const searching = ["on-openai-chat", "on-openai-responses", "on-old-gemini", "on-bedrock-converse"];
const everyModel = upstreamDialects.map(({ dialect }) => `on-${dialect}`);
const search = { type: "web_search_20250305", name: "web_search", blocked_domains: ["example.com"] };
const tools = [search, { name: "Bash", input_schema: { type: "object", properties: {} } }];
const question = { role: "user", content: "Which Node is current?" };
const results = [
  { url: "https://nodejs.org/en", title: "Node.js", content: "v24 is LTS." },
  { url: "https://blog.example.com/", title: "A blog", content: "Node 20 it is." },
];

let engine: Server;
let upstream: FakeProvider;
let gateway: GatewayProcess;

beforeAll(async () => {
  engine = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ results }));
  });
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  const { port } = engine.address() as AddressInfo;
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: [...upstreamDialects.map(({ model }) => model), "gemini-2.5-pro"],
    script: ({ assistantTurns }) => {
      if (assistantTurns > 0) return { text: "Node 24." };
      return { text: "Let me look.", toolCalls: [{ id: "call_1", name: "web_search", input: { query: "node" } }] };
    },
  });
  const config = configForEach(upstream);
  gateway = await startGateway({
    ...config,
    models: [...(config["models"] as object[]), { match: "on-old-gemini", target: "gemini/gemini-2.5-pro" }],
    search: { kind: "searxng", baseUrl: `http://127.0.0.1:${port}` },
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
  engine?.closeAllConnections();
  engine?.close();
});

interface Block {
  readonly type: string;
  readonly content?: unknown;
}

function blocksOf({ text }: Posted): readonly Block[] {
  return (JSON.parse(text) as { readonly content: readonly Block[] }).content;
}

/** Without thinking, which Gemini needs to carry its state. */
function typesOf(blocks: readonly Block[]): readonly string[] {
  return blocks.map(({ type }) => type).filter((type) => type !== "thinking");
}

const order = ["text", "server_tool_use", "web_search_tool_result", "text"];

describe.each(searching)("a model %s", (model) => {
  test("searches here, streamed and whole alike", async () => {
    const whole = await post(gateway.url, ask(false, { model, tools, messages: [question] }));
    expect(typesOf(blocksOf(whole))).toEqual(order);
    const found = blocksOf(whole).find(({ type }) => type === "web_search_tool_result");
    expect(found).toMatchObject({ content: [{ title: "Node.js" }] });
    const streamed = await post(gateway.url, ask(true, { model, tools, messages: [question] }));
    const starts = streamed.events.filter(({ type }) => type === "content_block_start");
    expect(typesOf(starts.map((event) => event["content_block"] as Block))).toEqual(order);
    expect(streamed.events.at(-1)?.type).toBe("message_stop");
  });

  test.each(everyModel)("leaves a conversation with which %s goes on", async (next) => {
    const answer = await post(gateway.url, ask(false, { model, tools, messages: [question] }));
    const messages = [
      question,
      { role: "assistant", content: blocksOf(answer) },
      { role: "user", content: "And before?" },
    ];
    const posted = await post(gateway.url, ask(false, { model: next, tools, messages }));
    expect([posted.status, posted.error]).toEqual([200, undefined]);
    // What the model read is still there, whoever reads on.
    const body = new TextDecoder().decode(upstream.requests.at(-1)?.raw);
    expect(body).toContain("v24 is LTS.");
    expect(body).not.toContain("db1.search");
  });
});
