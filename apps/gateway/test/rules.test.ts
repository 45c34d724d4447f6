import { type FakeProvider, startFakeProvider } from "@drawbridge/providers/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, lineOf, post, type PostOptions } from "./support/post.ts";

const keys = {
  alice: "db-alice-0123456789abcdef",
  acme: "db-acme-0123456789abcdefg",
  spender: "db-spender-0123456789abcd",
};
/** A request of Claude Code has more than a few words. */
const long = { messages: [{ role: "user", content: "Read all of this. ".repeat(1_000) }] };
const opus = { model: "claude-opus-5-5", ...long };

let upstream: FakeProvider;
let gateway: GatewayHere;

beforeAll(async () => {
  upstream = await startFakeProvider({
    script: () => ({ text: "Here.", usage: { inputTokens: 7_000, outputTokens: 10 } }),
  });
  const anthropic = { kind: "anthropic", baseUrl: upstream.url, apiKey: "sk-upstream", models: ["claude-opus-5-5"] };
  gateway = await startGatewayHere({
    providers: {
      cloud: anthropic,
      frankfurt: { ...anthropic, region: "eu-central-1" },
      gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl },
    },
    models: [
      { match: "claude-opus-*", target: "cloud/claude-opus-5-5" },
      { match: "claude-haiku-*", target: "cloud/claude-haiku-5-5" },
    ],
    // A long request with Opus comes to 0.70 USD.
    prices: { "cloud/claude-opus-*": { input: 100, output: 1 }, "cloud/*": { input: 1, output: 1 } },
    rules: [
      { name: "acme stays in the EU", when: 'customer == "acme"', route: "frankfurt/claude-opus-5-5" },
      { name: "subagents run locally", when: 'agent == "subagent"', route: "gpu/qwen3-coder" },
      { name: "simple is cheap", when: "toolCount == 0 && !thinking && inputTokens < 2000", route: "gpu/small" },
      { name: "thrift", when: 'tier == "opus" && budget.month > 0.8', route: "cloud/claude-sonnet-4-6" },
      { name: "marked", when: 'headers["x-project"] != ""', tag: { project: "x" }, maxTokens: 50 },
      {
        name: "no night shift",
        when: 'tags["project"] == "x" && images',
        refuse: "Images are off here; describe them.",
      },
    ],
    customers: { acme: {} },
    keys: [
      { name: "alice", value: keys.alice },
      { name: "acme", customer: "acme", value: keys.acme },
      { name: "spender", value: keys.spender, budgets: [{ usd: 5, per: "month" }] },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

async function wayOf(body: object, options: PostOptions = {}): Promise<Readonly<Record<string, unknown>>> {
  const got = await post(gateway.url, ask(true, body), { key: keys.alice, ...options });
  expect(got.status).toBe(200);
  const { provider, model, rules } = await lineOf(gateway, got);
  return { provider, model, rules };
}

test("customer X stays in the EU", async () => {
  expect(await wayOf(opus, { key: keys.acme })).toEqual({
    provider: "frankfurt",
    model: "claude-opus-5-5",
    rules: ["acme stays in the EU"],
  });
});

test.each<[string, object, Record<string, string>]>([
  ["by the header", {}, { "x-claude-code-agent-id": "0123456789abcdef0" }],
  ["by the billing line", { system: "x-anthropic-billing-header: cc_version=2; cc_is_subagent=true;\nYou are" }, {}],
])("subagents, known %s, run on the local GPUs", async (_, more, headers) => {
  const way = await wayOf({ ...opus, ...more }, { headers });
  expect(way).toEqual({ provider: "gpu", model: "qwen3-coder", rules: ["subagents run locally"] });
});

test("simple completions go to a cheaper model", async () => {
  expect(await wayOf({ model: "claude-opus-5-5" })).toMatchObject({ provider: "gpu", model: "small" });
  const tools = [{ name: "Bash", description: "Runs.", input_schema: { type: "object" } }];
  expect(await wayOf({ model: "claude-opus-5-5", tools })).toMatchObject({ provider: "cloud", rules: [] });
  const thinking = { type: "adaptive" };
  expect(await wayOf({ model: "claude-opus-5-5", thinking })).toMatchObject({ provider: "cloud", rules: [] });
});

test("over 80 % of the month's budget Opus becomes Sonnet", async () => {
  const spender = { key: keys.spender };
  for (let used = 0; used < 4.2; used += 0.7) {
    expect(await wayOf(opus, spender)).toMatchObject({ model: "claude-opus-5-5", rules: [] });
  }
  // What was used is known within a second.
  await expect
    .poll(() => wayOf(opus, spender), { interval: 300 })
    .toMatchObject({
      model: "claude-sonnet-4-6",
      rules: ["thrift"],
    });
  expect(await wayOf({ ...opus, model: "claude-haiku-5-5" }, spender)).toMatchObject({ rules: [] });
});

test("a rule caps the length of an answer and goes on", async () => {
  const headers = { "x-project": "x" };
  expect(await wayOf({ ...opus, max_tokens: 4_000 }, { headers })).toMatchObject({
    provider: "cloud",
    rules: ["marked"],
  });
  expect(upstream.calls.at(-1)?.body).toMatchObject({ max_tokens: 50 });
  await wayOf({ ...opus, max_tokens: 40 }, { headers });
  expect(upstream.calls.at(-1)?.body).toMatchObject({ max_tokens: 40 });
});

test("a rule refuses with its sentence, as an error that Claude Code shows and does not repeat", async () => {
  const source = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" };
  const messages = [
    {
      role: "user",
      content: [
        { type: "image", source },
        { type: "text", text: "What is it?" },
      ],
    },
  ];
  const before = upstream.calls.length;
  const got = await post(gateway.url, ask(true, { ...opus, messages, thinking: { type: "adaptive" } }), {
    key: keys.alice,
    headers: { "x-project": "x" },
  });
  expect(got.status).toBe(400);
  expect(got.error).toEqual({ type: "policy_blocked", message: "Images are off here; describe them." });
  expect(got.headers.get("x-should-retry")).toBe("false");
  expect(await lineOf(gateway, got)).toMatchObject({ outcome: "refused", rules: ["marked", "no night shift"] });
  expect(upstream.calls).toHaveLength(before);
});

test("rules hold for clients of OpenAI's APIs as well", async () => {
  const body = { model: "claude-opus-5-5", messages: [{ role: "user", content: "hi" }] };
  const headers = { "x-api-key": keys.alice, "content-type": "application/json" };
  const answer = await fetch(`${gateway.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.headers.get("x-drawbridge-model")).toBe("small");
});
