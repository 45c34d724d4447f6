import Anthropic from "@anthropic-ai/sdk";
import { type FakeProvider, type SeenRequest, startFakeProvider } from "@drawbridge/providers/testing";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type GatewayHere, startGatewayHere } from "./support/gateway-here.ts";
import { ask, lineOf, post, type Posted } from "./support/post.ts";

const keyOf = (name: string): string => `sk-db-${name}-0123456789abcdef`;
const github = "mcp__github__create_issue";

let upstream: FakeProvider;
let gateway: GatewayHere;
let earlier: number;

beforeAll(async () => {
  upstream = await startFakeProvider({ models: ["m"], script: () => ({ text: "Here." }) });
  gateway = await startGatewayHere({
    server: { trustedProxies: ["127.0.0.1"] },
    providers: {
      native: { kind: "anthropic-messages", baseUrl: upstream.url, apiKey: "sk-upstream" },
      gpu: { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: "sk-upstream" },
    },
    models: [
      { match: "claude-native", target: "native/m" },
      { match: "claude-gpu", target: "gpu/m" },
      { match: "claude-either", targets: ["native/m", "gpu/m"] },
    ],
    teams: {
      lenient: { tools: { deny: ["mcp__github__*", "web_search*"], forbidden: "remove" } },
      strict: { tools: { deny: ["mcp__github__*"] }, endpoints: ["messages", "count_tokens"] },
    },
    users: { bob: { team: "strict", providers: { deny: ["native"] } }, gone: { disabled: true } },
    keys: [
      { name: "alice", value: keyOf("alice"), team: "lenient" },
      { name: "bob", value: keyOf("bob"), user: "bob" },
      { name: "full-name", value: keyOf("full-name"), models: { deny: ["native/*"] } },
      { name: "bare-name", value: keyOf("bare-name"), models: { deny: ["m"] } },
      { name: "gone", value: keyOf("gone"), user: "gone" },
      { name: "old", value: keyOf("old"), expires: "2024-02-29" },
      { name: "new", value: keyOf("new"), previous: { value: keyOf("before"), until: "2999-01-01" } },
      { name: "office", value: keyOf("office"), addresses: ["10.0.0.0/8"] },
    ],
  });
});
beforeEach(() => {
  earlier = upstream.calls.length;
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** What this test has sent upstream. */
function calls(): readonly SeenRequest[] {
  return upstream.calls.slice(earlier);
}

function anthropic(name: string): Anthropic {
  return new Anthropic({ baseURL: `${gateway.url}/anthropic`, apiKey: keyOf(name), authToken: null });
}

const tool = (name: string): Anthropic.Tool => ({ name, input_schema: { type: "object" } });
const request = {
  model: "claude-native",
  max_tokens: 100,
  messages: [{ role: "user", content: "hi" }],
  tools: [
    tool("Bash"),
    { ...tool(github), cache_control: { type: "ephemeral" } },
    { type: "web_search_20250305", name: "web_search" },
  ],
} satisfies Anthropic.MessageCreateParamsNonStreaming;

test.each(["claude-native", "claude-gpu"])(
  "the official SDK gets its answer from %s when a tool was removed",
  async (model) => {
    const { data, response } = await anthropic("alice")
      .messages.create({ ...request, model, tool_choice: { type: "tool", name: github } })
      .withResponse();
    expect(data.content).toMatchObject([{ type: "text", text: "Here." }]);
    expect(response.headers.get("x-drawbridge-dropped")).toMatch(/^tools\[1\], tools\[2\], tool_choice/);
    const sent = Buffer.from(calls()[0]?.raw ?? "").toString("utf8");
    expect(sent).toContain("Bash");
    expect(sent).not.toMatch(/github|web_search/);
    expect(calls()).toHaveLength(1);
  },
);

test("a removed tool is removed the same way every turn, and its cache marker stays before it", async () => {
  const client = anthropic("alice");
  await client.messages.create(request);
  const messages: Anthropic.MessageParam[] = [
    ...request.messages,
    { role: "assistant", content: [{ type: "tool_use", id: "t1", name: github, input: {} }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "done" }] },
  ];
  await client.messages.create({ ...request, messages });
  const [first, second] = calls().map(({ body }) => body as typeof request);
  expect(first?.tools).toEqual([{ ...tool("Bash"), cache_control: { type: "ephemeral" } }]);
  expect(second?.tools).toEqual(first?.tools);
  expect(second?.messages).toEqual(messages);
});

test("the tokens of a removed tool are not counted", async () => {
  const client = anthropic("alice");
  const { max_tokens: _, ...counted } = request;
  const big = {
    ...counted,
    model: "claude-gpu",
    tools: [tool("Bash"), { ...tool(github), description: "word ".repeat(5_000) }],
  };
  const small = await client.messages.countTokens(big);
  expect(small.input_tokens).toBeLessThan(1_000);
});

test("a forbidden tool has the request refused once, with the level and the pattern", async () => {
  const error: unknown = await anthropic("bob")
    .messages.create({ ...request, model: "claude-gpu" })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ status: 400, error: { error: { type: "policy_blocked" } } });
  expect(String(error)).toContain(`team strict may not use the tool ${github}: \\"mcp__github__*\\" is denied`);
  expect(calls()).toHaveLength(0);
  expect(gateway.exchanges().filter((line) => line["key_name"] === "bob")).toHaveLength(1);
});

test("an endpoint that a level does not allow is refused, in the envelope of its own API", async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: keyOf("bob") });
  const messages = [{ role: "user", content: "hi" }] as const;
  const error: unknown = await client.chat.completions
    .create({ model: "claude-gpu", messages: [...messages] })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ status: 400 });
  expect(String(error)).toContain("team strict may not use the endpoint chat: allowed are messages, count_tokens");
  const listed = await post(gateway.url, undefined, { key: keyOf("bob"), path: "/anthropic/v1/models", method: "GET" });
  expect([listed.status, listed.error?.message]).toEqual([400, expect.stringContaining("the endpoint models")]);
});

test("a provider that a level does not allow is passed over, and refused where there is no other", async () => {
  const either = await post(gateway.url, ask(false, { model: "claude-either" }), { key: keyOf("bob") });
  expect(await lineOf(gateway, either)).toMatchObject({ provider: "gpu", outcome: "ok" });
  const native = await post(gateway.url, ask(false, { model: "claude-native" }), { key: keyOf("bob") });
  expect([native.status, native.error?.message]).toEqual([
    400,
    expect.stringContaining('the model "claude-native" is served by native, and user bob may not use that provider'),
  ]);
});

test("a model is denied by what its name leads to as well: passed over in a chain, refused on its own", async () => {
  const asked = (name: string, model: string): Promise<Posted> =>
    post(gateway.url, ask(false, { model }), { key: keyOf(name) });
  const either = await asked("full-name", "claude-either");
  expect([either.status, either.headers.get("x-drawbridge-provider")]).toEqual([200, "gpu"]);
  for (const [name, model] of [
    ["full-name", "claude-native"],
    ["bare-name", "claude-either"],
  ] as const) {
    const { status, error } = await asked(name, model);
    expect([status, error]).toEqual([400, { type: "policy_blocked", message: expect.stringContaining(`key ${name}`) }]);
  }
  expect(calls()).toHaveLength(1);
});

test.each([
  ["of a disabled user", "gone", /key "gone" belongs to user gone, which is disabled/],
  ["that has expired", "old", /key "old" expired at 2024-02-29T00:00:00.000Z/],
  [
    "from an address that it may not come from",
    "office",
    /key "office" may not be used from the address 127\.0\.0\.1|address that is not known/,
  ],
])("a key %s is told why it is not taken", async (_, name, why) => {
  const got = await post(gateway.url, ask(false, { model: "claude-gpu" }), { key: keyOf(name) });
  expect([got.status, got.error?.type]).toEqual([401, "authentication_error"]);
  expect(got.error?.message).toMatch(why);
});

test("behind a trusted proxy the address that it tells counts, and the last one alone", async () => {
  const from = async (forwarded: string): Promise<number> => {
    const headers = { "x-forwarded-for": forwarded };
    return (await post(gateway.url, ask(false, { model: "claude-gpu" }), { key: keyOf("office"), headers })).status;
  };
  expect(await from("10.1.2.3")).toBe(200);
  expect(await from("10.1.2.3, 192.0.2.1")).toBe(401);
});

test.each(["new", "before"])("while a key is being replaced, its %s value is taken as the same key", async (name) => {
  const got = await post(gateway.url, ask(false, { model: "claude-gpu" }), { key: keyOf(name) });
  expect(got.status).toBe(200);
  expect(await lineOf(gateway, got)).toMatchObject({ key_name: "new" });
});
