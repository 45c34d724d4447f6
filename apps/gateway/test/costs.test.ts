import { type FakeProvider, type Fault, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

/** An answer in Claude's fast mode, from the United States. */
const fast: Fault = {
  kind: "body-with-200",
  body: JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-opus-5",
    content: [{ type: "text", text: "Quick." }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 4, service_tier: "standard", speed: "fast", inference_geo: "us" },
  }),
};

const limitedKey = "db-limited-0123456789abcdef";

let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({
    apiKey: upstreamKey,
    models: ["qwen3-coder", "gpt-5", "claude-haiku-4-5", "claude-opus-5", "unheard-of"],
    script: ({ model }) => ({ text: "Four words or five.", ...(model === "claude-opus-5" && { fault: fast }) }),
  });
  const chat = { baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey };
  gateway = await startGatewayHere({
    providers: {
      openai: chat,
      gpu: { ...chat, kind: "vllm" },
      proxy: { ...chat, kind: "openai-chat" },
      eu: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: upstreamKey },
      anthropic: { baseUrl: upstream.url, apiKey: upstreamKey },
      vertex: {
        project: "acme",
        baseUrl: `${upstream.url}/v1`,
        credentials: [
          { name: "anywhere", apiKey: upstreamKey, models: ["claude-haiku-4-5"] },
          { name: "europe", apiKey: upstreamKey, models: ["*@*"], region: "europe-west1" },
        ],
      },
    },
    prices: {
      "proxy/qwen*": { input: "1.5", output: 6, contextWindow: 65_536, maxOutputTokens: 8_192 },
      "eu/*": { input: 1, output: 5 },
    },
    keys: [
      { name: "alice", value: aliceKey },
      { name: "bob", value: limitedKey, budgets: [{ usd: 1_000, per: "month" }] },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

type Line = Readonly<Record<string, unknown>>;

async function recorded(model: string, stream: boolean, key = aliceKey): Promise<Line> {
  const got = await post(gateway.url, ask(stream, { model }), { key });
  expect(got.status).toBe(200);
  const find = (): Line | undefined =>
    gateway.exchanges().find((line) => line["request_id"] === got.headers.get("request-id"));
  await expect.poll(find).toBeDefined();
  return find() ?? {};
}

describe("the record tells what an exchange cost", () => {
  test.each([
    ["openai/gpt-5", 1_250, 10_000],
    ["proxy/qwen3-coder", 1_500, 6_000],
    ["eu/claude-haiku-4-5", 1_000, 5_000],
    ["gpu/qwen3-coder", 0, 0],
  ])("at the prices of %s, whole and streamed", async (model, nanoAnInputToken, nanoAnOutputToken) => {
    for (const stream of [false, true]) {
      const line = await recorded(model, stream);
      const { input_tokens: input, output_tokens: output } = line;
      expect([Number(input) > 0, Number(output) > 0]).toEqual([true, true]);
      expect(line).toMatchObject({
        cost_nano_usd: Number(input) * nanoAnInputToken + Number(output) * nanoAnOutputToken,
        cost_estimated: line["usage_estimated"],
      });
    }
  });

  test.each([aliceKey, limitedKey])("at the prices of its credential's region, limited or not", async (key) => {
    for (const [name, credential, factor] of [
      ["claude-haiku-4-5", "anywhere", 1],
      ["claude-haiku-4-5@20251001", "europe", 1.1],
    ] as const) {
      const line = await recorded(`vertex/${name}`, true, key);
      const usual = Number(line["input_tokens"]) * 1_000 + Number(line["output_tokens"]) * 5_000;
      expect(line).toMatchObject({ credential, cost_nano_usd: Math.round(usual * factor) });
    }
  });

  test("with what the provider charges for a faster answer, and for one from the country that was asked for", async () => {
    const { cost_nano_usd: cost } = await recorded("anthropic/claude-opus-5", false);
    expect(cost).toBe((10 * 5_000 + 4 * 25_000) * 2.2);
  });

  test("but nothing of a model without a price", async () => {
    expect(await recorded("proxy/unheard-of", false)).not.toHaveProperty("cost_nano_usd");
  });
});

test("GET /v1/models tells limits and capabilities", async () => {
  const got = await post(gateway.url, undefined, { method: "GET", path: "/v1/models?limit=1000" });
  const { data } = JSON.parse(got.text) as { data: { id: string }[] };
  const shown = (id: string): unknown => data.find((model) => model.id === `claude-gateway/${id}`);
  expect(shown("openai/gpt-5")).toMatchObject({
    max_input_tokens: 272_000,
    max_tokens: 128_000,
    lifecycle: "active",
    capabilities: { image_input: { supported: true }, thinking: { supported: true } },
  });
  expect(shown("proxy/qwen3-coder")).toMatchObject({ max_input_tokens: 65_536, max_tokens: 8_192 });
  expect(shown("gpu/qwen3-coder")).toMatchObject({
    max_input_tokens: null,
    max_tokens: null,
    capabilities: { image_input: { supported: false } },
  });
  expect(shown("proxy/unheard-of")).toMatchObject({ max_input_tokens: null, capabilities: null });
  const one = await post(gateway.url, undefined, { method: "GET", path: "/v1/models/eu/claude-haiku-4-5" });
  expect(JSON.parse(one.text)).toEqual({
    type: "model",
    id: "eu/claude-haiku-4-5",
    display_name: "eu/claude-haiku-4-5",
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: null,
    lifecycle: "active",
    line: null,
    deprecated_at: null,
    retires_at: null,
  });
});
