import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explain } from "./explain.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "drawbridge-explain-"));
  const config = `
providers:
  anthropic: { apiKey: sk-ant-0123456789 }
  gpu: { kind: openai-chat, baseUrl: "http://127.0.0.1:1/v1", region: eu-office }
models:
  - { match: "claude-opus-*", targets: [anthropic/claude-opus-5-5, gpu/large] }
rules:
  - { name: local, when: 'agent == "subagent"', route: gpu/qwen3-coder }
  - { name: thrift, when: 'tier == "opus" && budget.month > 0.8', route: gpu/small }
  - { name: night, when: 'time.hour < 6 && endpoint == "chat"', refuse: Sleep. }
prices: { gpu/small: { input: 1, output: 2 }, gpu/large: { input: 1, output: 2 }, gpu/free: { input: 1, output: 2 } }
customers:
  acme: { budgets: [{ usd: 500, per: month }], regions: [eu-*], tools: { deny: ["mcp__*"], forbidden: remove } }
keys:
  - { name: alice, value: db-alice-0123456789abcdef, customer: acme }
  - { name: bob, value: db-bobbb-0123456789abcdef }
`;
  await writeFile(path.join(folder, "drawbridge.yaml"), config);
  await writeFile(
    path.join(folder, "open.yaml"),
    'providers: { gpu: { kind: openai-chat, baseUrl: "http://gpu/v1" } }',
  );
  const tools = [
    { name: "Bash", input_schema: {} },
    { name: "mcp__github__search", input_schema: {} },
  ];
  const system = "x-anthropic-billing-header: cc_version=2; cc_is_subagent=true;\nYou are";
  const request = {
    model: "claude-opus-5-5",
    max_tokens: 9,
    system,
    tools,
    messages: [{ role: "user", content: "hi" }],
  };
  await writeFile(path.join(folder, "request.json"), JSON.stringify(request));
  await writeFile(path.join(folder, "broken.json"), "[]");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<string> {
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };
  await explain({ argv, env: {}, cwd: folder, stdout });
  return printed;
}

const read = async (...argv: string[]): Promise<unknown> => JSON.parse(await run(...argv, "--json"));

test("prints for a request which rules hold, where it would go, and what is left out", async () => {
  const text = await run("--key", "alice", "--used", "85");
  expect(text).toContain("key alice, customer acme\nasks for claude-opus-5-5 (messages, main; about");
  expect(text).toContain('+ thrift: holds, routes to gpu/small\n      when tier == "opus" && budget.month > 0.8');
  expect(text).toContain('tier is "opus", budget.month is 0.85');
  expect(text).toContain("goes where rule thrift leads\n  1. gpu/small");
  expect(text).toContain("customer acme: 500.00 USD a month (UTC), 85 % used");
  expect(text).toContain("It would be sent.");
  const other = await run("--key", "alice");
  expect(other).toContain(
    '1. not anthropic/claude-opus-5-5: the model "claude-opus-5-5" is served by anthropic, which',
  );
});

test("reads a request, its headers and the time from the command line", async () => {
  expect(await read("--key", "alice", "--request", "request.json")).toMatchObject({
    request: { agent: "subagent", tools: 1, maxTokens: 9 },
    removedTools: ["mcp__github__search"],
    chain: { by: "rule local" },
  });
  expect(await read("--key", "bob", "--header", "X-Claude-Code-Agent-Id: 0f")).toMatchObject({
    chain: { by: "rule local" },
  });
  const night = ["--at", "2026-11-29T03:00:00Z"];
  expect(await read("--key", "bob", "--endpoint", "chat", ...night)).toMatchObject({
    refusals: [{ by: "rule", code: "rule-refused", reason: "Sleep." }],
  });
  expect(await read("--key", "bob", "--endpoint", "responses", ...night)).toMatchObject({ refusals: [] });
  expect(await read("--key", "bob", "--model", "gpt-9")).toMatchObject({ refusals: [{ code: "unknown-model" }] });
});

test("says which limit has no room, and which model nobody has priced", async () => {
  const spent = await read("--key", "alice", "--used", "100", "--model", "gpu/free", "--at", "2026-11-29T18:00:00Z");
  expect(spent).toMatchObject({
    refusals: [
      {
        by: "limit",
        code: "budget-spent",
        reason: expect.stringMatching(/customer acme.*resets at 2026-12-01T00:00:00/u),
      },
    ],
  });
  expect(await read("--key", "alice", "--model", "gpu/unknown")).toMatchObject({
    refusals: [{ by: "limit", code: "no-price", reason: expect.stringContaining('"gpu/unknown"') }],
  });
  expect(await run("--key", "alice", "--model", "gpu/unknown")).toContain(
    "It would be refused (no-price): Nobody has said",
  );
});

test("without keys in the configuration, one that may do everything asks", async () => {
  expect(await read("--config", "open.yaml", "--model", "gpu/x")).toMatchObject({
    principal: { key: "key" },
    refusals: [],
  });
});

test.each([
  [[], "--key: say whose key asks; there are alice, bob"],
  [["--key", "carol"], '--key: there is no key "carol"; there are alice, bob'],
  [["--key", "bob", "--endpoint", "chats"], '--endpoint: "chats" is none; give one of messages, count_tokens'],
  [["--key", "bob", "--header", "x"], '--header: "x" is none; give "name: value"'],
  [["--key", "bob", "--used", "much"], '--used: "much" is not possible; give percent'],
  [["--key", "bob", "--at", "noon"], '--at: "noon" is no time'],
  [["--key", "bob", "--request", "missing.json"], "missing.json cannot be read"],
  [["--key", "bob", "--request", "broken.json"], "broken.json holds no request; wanted a JSON object"],
  [["--key", "bob", "--sent"], "--sent"],
  [["--config", "nowhere.yaml"], "nowhere.yaml cannot be read"],
])("%j is told", async (argv, told) => {
  await expect(run(...argv)).rejects.toMatchObject({ name: "StartError", message: expect.stringContaining(told) });
});

test("a request that is none is told in the terms of its API", async () => {
  await writeFile(path.join(folder, "odd.json"), '{"model":"x","messages":[]}');
  await expect(run("--key", "bob", "--request", "odd.json")).rejects.toThrow(
    "--request: messages: at least one message",
  );
});
