import { type Answer, type FakeDialect, type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ClientName } from "./failover/clients.ts";
import { measurable, readMemory } from "./support/read-memory.ts";
import { aliceKey } from "./support/scenario.ts";
import { type GatewayProcess, startGateway } from "./support/start-gateway.ts";

/** So long that whoever keeps it, as bytes, parsed or written anew, cannot be overlooked. */
const long = "The request is much longer than what may be kept of it. ".repeat(30_000);
const mayGrowBytes = long.length / 3;

/** As much as the network is handed in one piece, in as many requests as can be measured. */
const usual = long.slice(0, 200_000);
const usualStreams = 20;

const upstreams: readonly FakeDialect[] = [
  "anthropic-messages",
  "openai-chat",
  "openai-responses",
  "gemini",
  "bedrock-converse",
];

const requests: Readonly<Record<ClientName, (content: string) => readonly [path: string, body: object]>> = {
  messages: (content) => ["/anthropic/v1/messages", { max_tokens: 1_000, messages: [{ role: "user", content }] }],
  chat: (content) => ["/openai/v1/chat/completions", { messages: [{ role: "user", content }] }],
  responses: (input) => ["/openai/v1/responses", { input }],
};

let fake: FakeProvider;
let gateway: GatewayProcess;

beforeAll(async () => {
  const script = ({ model }: { readonly model: string }): Answer => {
    if (model === "broken") return { fault: { kind: "http-error", status: 503 } };
    return { text: "Some words, and then nothing.", fault: { kind: "silence-mid-stream", afterEvents: 6 } };
  };
  fake = await startFakeProvider({ script, models: [] });
  const providers = upstreams.map((kind): [string, object] => {
    const cloud = kind === "bedrock-converse" ? { region: "us-east-1" } : {};
    return [kind, { kind, baseUrl: fake.baseUrlFor(kind), apiKey: "sk-fake-0123456789", ...cloud }];
  });
  const config = {
    providers: Object.fromEntries(providers),
    models: upstreams.flatMap((kind) => [
      { match: `by-${kind}`, targets: [`${kind}/broken`, `${kind}/claude-sonnet-4-6`] },
      { match: `only-${kind}`, target: `${kind}/claude-sonnet-4-6` },
    ]),
    keys: [{ name: "alice", value: aliceKey, parallel: 100 }],
  };
  gateway = await startGateway(config, { nodeFlags: measurable });
  // What is loaded with the first request is no part of later ones.
  for (const kind of upstreams) await (await openStream("messages", `by-${kind}`))();
});

afterAll(async () => {
  await gateway.close();
  await fake.close();
});

/** Asks for a stream and waits for its first words. Gives a function that leaves. */
async function openStream(client: ClientName, model: string, content = long): Promise<() => Promise<void>> {
  const [path, request] = requests[client](content);
  const leave = new AbortController();
  const answer = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": aliceKey },
    body: JSON.stringify({ model, stream: true, ...request }),
    signal: leave.signal,
  });
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  for (let heard = ""; !heard.includes("Some");) {
    const next = await reader?.read();
    if (next?.value === undefined) throw new Error(`${answer.status}: ${heard}`);
    heard += decoder.decode(next.value);
  }
  const ended = gateway.exchanges().length;
  return async () => {
    leave.abort();
    await gateway.printed(() => gateway.exchanges().length > ended);
  };
}

const ways = upstreams.flatMap((upstream) =>
  (["messages", "chat", "responses"] as const).map((client) => [client, upstream] as const),
);

test.each(ways)("nothing of a request from %s to %s is kept while it is answered", async (client, upstream) => {
  // What is kept of the last request of a kind, and not of each, is no part of what one more takes.
  const leaveFirst = await openStream(client, `by-${upstream}`);
  const { heldBytes: before } = await readMemory(gateway);
  const leave = await openStream(client, `by-${upstream}`);
  const { heldBytes } = await readMemory(gateway);
  await leave();
  await leaveFirst();
  expect(heldBytes - before).toBeLessThan(mayGrowBytes);
});

test.each(upstreams)("nothing of requests of 200 KB to %s is kept while they are answered", async (upstream) => {
  const leaveFirst = await openStream("messages", `only-${upstream}`, usual);
  const { heldBytes: before } = await readMemory(gateway);
  const streams = Array.from({ length: usualStreams }, () => openStream("messages", `only-${upstream}`, usual));
  const left = await Promise.all(streams);
  const { heldBytes } = await readMemory(gateway);
  for (const leave of [...left, leaveFirst]) await leave();
  expect((heldBytes - before) / usualStreams).toBeLessThan(usual.length / 3);
});
