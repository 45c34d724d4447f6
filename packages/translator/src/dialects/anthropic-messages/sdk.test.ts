import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import { AnthropicFoundry } from "@anthropic-ai/foundry-sdk";
import Anthropic from "@anthropic-ai/sdk";
import { AnthropicVertex } from "@anthropic-ai/vertex-sdk";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { awsEvent, joinBytes } from "../../testing/aws-frames.ts";
import type { ClientRequest, Translation } from "../dialect.ts";
import { azureFoundry, bedrockInvoke, messagesOn, vertexRawPredict, type MessagesPlatform } from "./index.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const context = { messageId: "msg_1", askedModel: "sonnet" };
const betas = ["interleaved-thinking-2025-05-14", "context-management-2025-06-27"];
const base = {
  max_tokens: 2_000,
  system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }],
  messages: [{ role: "user", content: [{ type: "text", text: "Grüße 🙂" }] }],
  tools: [{ name: "Read", description: "Reads", input_schema: { type: "object", properties: {} } }],
  thinking: { type: "enabled", budget_tokens: 1_024 },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
} satisfies Omit<Anthropic.Beta.MessageCreateParamsNonStreaming, "model">;

interface Seen {
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A provider that answers every request with `answer` and remembers what it was asked. */
function provider(answer: () => Response): { readonly fetch: typeof fetch; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      seen.push({
        path: decodeURIComponent(pathname),
        headers: request.headers,
        body: JSON.parse(await request.text()),
      });
      return answer();
    },
  };
}

const json = (value: unknown) => (): Response => Response.json(value);
const whole = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-6",
  content: [{ type: "text", text: "Hi." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

function clientRequest(value: object): ClientRequest {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { body, envelope: readEnvelope(body), betas };
}

function translated(platform: MessagesPlatform, model: string, stream: boolean) {
  const request = clientRequest({ model: "sonnet", ...base, ...(stream && { stream }) });
  const dialect = messagesOn(platform);
  const translation: Translation = dialect.translate(request, { model }, context);
  const path = decodeURIComponent(dialect.pathFor?.(model, stream) ?? dialect.paths.create);
  return { ...translation, path, sent: JSON.parse(decode(translation.body)) };
}

// By themselves the clients name the API's newest version, which takes less than the older ones and which not every
// model in the clouds knows; source: Anthropic docs, "Migrating to API version 2026-10-21".
const versioned = (version: string) => ({ defaultHeaders: { "anthropic-version": version }, maxRetries: 0 });
const bedrock = (sends: typeof fetch): AnthropicBedrock =>
  new AnthropicBedrock({ awsRegion: "eu-west-1", skipAuth: true, ...versioned("bedrock-2023-05-31"), fetch: sends });
const vertex = (sends: typeof fetch): AnthropicVertex =>
  new AnthropicVertex({
    region: "europe-west1",
    projectId: "p",
    ...versioned("vertex-2023-10-16"),
    fetch: sends,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client asks it for headers and a project alone
    authClient: { getRequestHeaders: async () => new Headers(), projectId: "p" } as never,
  });
const foundry = (sends: typeof fetch): AnthropicFoundry =>
  new AnthropicFoundry({ apiKey: "k", resource: "r", maxRetries: 0, fetch: sends });

describe.each([false, true])("stream: %j", (stream) => {
  const body = stream ? () => new Response("event: ping\ndata: {}\n\n") : json(whole);

  test("BR-01 PR-17 PR-18: Bedrock's own client sends what is sent here", async () => {
    const { fetch: sends, seen } = provider(body);
    const model = "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-sonnet-4-6";
    await bedrock(sends)
      .beta.messages.create({ ...base, model, betas, stream })
      .catch(() => undefined);
    const { sent, path, betaHeader } = translated(bedrockInvoke, model, stream);
    expect(seen[0]?.body).toEqual(sent);
    expect(seen[0]?.path).toBe(path);
    expect(betaHeader).toBe("");
  });

  test("BR-04 PR-17 PR-18: Vertex' own client sends what is sent here", async () => {
    const { fetch: sends, seen } = provider(body);
    const model = "claude-sonnet-4-6@20260101";
    await vertex(sends)
      .beta.messages.create({ ...base, model, betas, stream })
      .catch(() => undefined);
    const { sent, path, betaHeader } = translated(vertexRawPredict, model, stream);
    expect(seen[0]?.body).toEqual({ ...sent, ...(!stream && { stream: false }) });
    expect(seen[0]?.path).toBe(`/v1/projects/p/locations/europe-west1/publishers/anthropic${path}`);
    expect(seen[0]?.headers.get("anthropic-beta")?.split(/, ?/)).toEqual(betaHeader?.split(","));
  });

  test("BR-10: Foundry's own client sends what is sent here", async () => {
    const { fetch: sends, seen } = provider(body);
    const model = "my-deployment";
    await foundry(sends)
      .beta.messages.create({ ...base, model, betas, stream })
      .catch(() => undefined);
    const { sent, path, betaHeader } = translated(azureFoundry, model, stream);
    expect(seen[0]?.body).toEqual({ ...sent, ...(!stream && { stream: false }) });
    expect(seen[0]?.path).toBe(`/anthropic${path}`);
    expect(seen[0]?.headers.get("anthropic-beta")?.split(/, ?/)).toEqual(betaHeader?.split(","));
  });
});

test("CT-01 CT-03: Vertex' own client asks for a count as is asked here", async () => {
  const { fetch: sends, seen } = provider(json({ input_tokens: 12 }));
  const model = "claude-sonnet-4-6@20260101";
  const { max_tokens: _, context_management: __, ...counted } = base;
  await vertex(sends).beta.messages.countTokens({ ...counted, model, betas });
  const counting = messagesOn(vertexRawPredict).counting;
  const written = counting?.write(clientRequest({ ...counted, model: "sonnet" }), { model });
  const asked: unknown = JSON.parse(decode(written?.body ?? new Uint8Array()));
  expect(asked).toEqual(seen[0]?.body);
  expect(seen[0]?.path.endsWith(counting?.path(model) ?? "?")).toBe(true);
});

describe("answers", () => {
  const lines = readFileSync(
    new URL("../../../fixtures/streams/bedrock-invoke-thinks-and-calls.jsonl", import.meta.url),
    "utf8",
  )
    .trim()
    .split("\n");
  const frames = joinBytes(
    ...lines.map((line) => awsEvent("chunk", { bytes: Buffer.from(line).toString("base64"), p: "abc" })),
  );
  const framed = (): Response =>
    new Response(frames.slice(), { headers: { "content-type": "application/vnd.amazon.eventstream" } });

  function told(): Uint8Array<ArrayBuffer> {
    const stream = translated(bedrockInvoke, "eu.anthropic.claude-sonnet-4-6", true).answerStream();
    return joinBytes(stream.push(frames), stream.end()).slice();
  }

  test("BR-13: Bedrock's own client reads out of the frames what the client is told here", async () => {
    const { fetch: sends } = provider(framed);
    const stream = await bedrock(sends).beta.messages.create({ ...base, model: "m", stream: true });
    const events: unknown[] = [];
    for await (const event of stream) events.push(event);
    const { fetch: gateway } = provider(
      () => new Response(told(), { headers: { "content-type": "text/event-stream" } }),
    );
    const client = new Anthropic({ apiKey: "k", baseURL: "http://gateway", maxRetries: 0, fetch: gateway });
    const seen: unknown[] = [];
    for await (const event of await client.beta.messages.create({ ...base, model: "sonnet", stream: true }))
      seen.push(event);
    const plain = JSON.stringify(events)
      .replace('"model":"claude-sonnet-4-6"', '"model":"sonnet"')
      .replace(/,"amazon-bedrock-invocationMetrics":\{[^}]*\}/, "");
    expect(seen).toEqual(JSON.parse(plain));
  });

  test("RS-03: Anthropic's own client assembles the answer, under the name it asked for", async () => {
    const { fetch: gateway } = provider(
      () => new Response(told(), { headers: { "content-type": "text/event-stream" } }),
    );
    const client = new Anthropic({ apiKey: "k", baseURL: "http://gateway", maxRetries: 0, fetch: gateway });
    const message = await client.beta.messages.stream({ ...base, model: "sonnet" }).finalMessage();
    expect(message).toMatchObject({
      model: "sonnet",
      stop_reason: "tool_use",
      content: [{ type: "thinking" }, { type: "text" }, { type: "tool_use", input: { file_path: "/a.ts" } }],
      usage: { input_tokens: 12, cache_read_input_tokens: 5_000, output_tokens: 80 },
    });
  });
});
