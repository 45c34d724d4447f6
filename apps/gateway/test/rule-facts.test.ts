import type { Answer } from "@drawbridge/providers/testing";
import { expect, test } from "vitest";
import { limitedConfig, openLimitScene } from "./limits/scene.ts";
import { ask, lineOf, post } from "./support/post.ts";
import { aliceKey, upstreamKey } from "./support/scenario.ts";

const session = "01234567-89ab-4cde-8f01-23456789abcd";
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
/** It says something of each kind that a rule can ask of. */
const request = ask(true, {
  model: "claude-opus-5-5",
  max_tokens: 4_000,
  thinking: { type: "adaptive" },
  metadata: { user_id: JSON.stringify({ device_id: "d", account_uuid: "", session_id: session }) },
  tools: [{ name: "Bash", input_schema: { type: "object" } }],
  messages: [{ role: "user", content: [image, { type: "text", text: "What is it?" }] }],
});
const headers = { "x-claude-code-session-id": session, "x-project": "checkout" };

/** For each fact what is so of this request, and what is not. */
const facts: [fact: string, holds: string, fails: string][] = [
  ["model", 'model == "claude-opus-5-5"', 'model == "claude-opus-5"'],
  ["tier", 'tier == "opus"', 'tier == "sonnet"'],
  ["endpoint", 'endpoint == "messages"', 'endpoint == "chat"'],
  ["agent", 'agent == "main"', 'agent == "subagent"'],
  ["inputTokens", "inputTokens > 10", "inputTokens > 20000"],
  ["maxTokens", "maxTokens == 4000", "maxTokens == 0"],
  ["stream", "stream", "!stream"],
  ["thinking", "thinking", "!thinking"],
  ["images", "images", "!images"],
  ["toolCount", "toolCount == 1", "toolCount == 0"],
  ["toolNames", '"Bash" in toolNames', '"Read" in toolNames'],
  ["headers", 'headers["x-project"] == "checkout"', 'headers["x-team"] != ""'],
  ["session", `session == "${session}"`, 'session == ""'],
  ["address", 'address == "127.0.0.1"', 'address.startsWith("10.")'],
  ["key", 'key == "alice"', 'key == "bob"'],
  ["user", 'user == "al"', 'user == ""'],
  ["team", 'team == "payments"', 'team == ""'],
  ["customer", 'customer == "acme"', 'customer == ""'],
  ["tags", 'tags["cost_centre"] == "4711"', 'tags["cost_centre"] == ""'],
  ["time", "time.hour >= 0 && time.hour <= 23 && time.minute < 60", 'time.date < "2026-01-01"'],
  ["budget.used", "budget.used >= 1.0", "budget.used < 1.0"],
  ["budget.key", "budget.key == 0.0", "budget.key > 0.0"],
  ["budget.team", "budget.team >= 1.0", "budget.team < 1.0"],
  ["budget.year", "budget.year >= 1.0", "budget.month > 0.0"],
  ["healthy", 'healthy("gpu")', '!healthy("gpu")'],
];

const answered: Answer = { text: "Here." };

test("a rule sees of a request each thing that it can ask of", async () => {
  const rules = facts.flatMap(([fact, holds, fails]) => [
    { name: fact, when: holds, tag: { [fact]: "seen" } },
    { name: `not ${fact}`, when: fails, tag: { [fact]: "mistaken" } },
  ]);
  const config = {
    prices: { "gpu/*": { input: 0, output: 0 } },
    rules,
    customers: { acme: {} },
    teams: { payments: { customer: "acme", budgets: [{ usd: 0, per: "year" }], tags: { cost_centre: 4711 } } },
    users: { al: { team: "payments" } },
    keys: [{ name: "alice", user: "al", value: aliceKey }],
  };
  await using scene = await openLimitScene((upstream) => limitedConfig(upstream, config), { script: () => answered });
  const answer = await post(scene.gateway.url, request, { headers });
  expect(answer).toMatchObject({ status: 200 });
  const { tags } = await lineOf(scene.gateway, answer);
  expect(tags).toEqual({ cost_centre: "4711", ...Object.fromEntries(facts.map(([fact]) => [fact, "seen"])) });
});

test("a rule sends requests elsewhere while a provider is out", async () => {
  const broken: Answer = { text: "", fault: { kind: "http-error", status: 500 } };
  await using scene = await openLimitScene(
    (upstream) => {
      const provider = { kind: "openai-chat", baseUrl: upstream.openaiBaseUrl, apiKey: upstreamKey };
      return limitedConfig(upstream, {
        providers: { cloud: provider, gpu: provider },
        models: [{ match: "claude-*", target: "cloud/broken" }],
        rules: [{ name: "spare", when: '!healthy("cloud")', route: "gpu/qwen3-coder" }],
      });
    },
    { script: ({ model }) => (model === "broken" ? broken : answered), models: ["broken", "qwen3-coder"] },
  );
  const asked = async (): Promise<object> => lineOf(scene.gateway, await post(scene.gateway.url, ask(false)));
  expect(await asked()).toMatchObject({ status: 500, rules: [] });
  await expect.poll(asked, { timeout: 30_000 }).toMatchObject({ status: 200, provider: "gpu", rules: ["spare"] });
});

test("a rule spreads sessions over its targets by their weights", async () => {
  const route = [
    {
      anyOf: [
        { target: "gpu/often", weight: 9 },
        { target: "gpu/seldom", weight: 1 },
      ],
    },
  ];
  await using scene = await openLimitScene(
    (upstream) => limitedConfig(upstream, { rules: [{ name: "spread", when: 'tier == "sonnet"', route }] }),
    { script: () => answered, models: ["often", "seldom"] },
  );
  const models = await Promise.all(
    Array.from({ length: 80 }, async (_, index) => {
      const named = { "x-claude-code-session-id": `01234567-89ab-4cde-8f01-${String(index).padStart(12, "0")}` };
      return (await post(scene.gateway.url, ask(false), { headers: named })).headers.get("x-drawbridge-model");
    }),
  );
  expect(new Set(models)).toEqual(new Set(["often", "seldom"]));
  expect(models.filter((model) => model === "often").length).toBeGreaterThan(55);
});
