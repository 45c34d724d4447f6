import { expect, test } from "vitest";
import type { GatewayConfig } from "./gateway-config.ts";
import { loadConfig, type ConfigLoad } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

function load(text: string): Promise<ConfigLoad> {
  const providers =
    "providers: { a: { kind: openai-chat, baseUrl: http://a/v1 }, b: { kind: openai-chat, baseUrl: http://b/v1 } }";
  return loadConfig(`${providers}\n${text}`, {
    env: {},
    readFile: () => Promise.reject(new Error("no files here")),
    fileName: "c",
    kinds: [{ id: "openai-chat" }],
  });
}

async function loaded(text: string): Promise<GatewayConfig> {
  const result = await load(text);
  if (!result.ok) throw new Error(result.problems.map((problem) => formatProblem(problem, "c")).join("\n"));
  return result.config;
}

async function problems(text: string): Promise<readonly string[]> {
  const result = await load(text);
  return result.ok ? [] : result.problems.map((problem) => formatProblem(problem, "c").replace(/^c:\d+:\d+: /, ""));
}

test("one target is a chain of one link", async () => {
  const { models } = await loaded("models: [{ match: m, target: a/x }]");
  expect(models).toEqual([{ match: "m", chain: [{ targets: [{ target: "a/x" }] }] }]);
});

test("a chain has links of one target, of one with its weight, and of equals", async () => {
  const { models } = await loaded(`
models:
  - match: m
    targets: [a/x, { target: a/y, weight: 2 }, { anyOf: [a/z, { target: b/z, weight: 3 }], order: latency }, { anyOf: [b/w] }]
`);
  expect(models[0]?.chain).toEqual([
    { targets: [{ target: "a/x" }] },
    { targets: [{ target: "a/y", weight: 2 }] },
    { targets: [{ target: "a/z" }, { target: "b/z", weight: 3 }], order: "latency" },
    { targets: [{ target: "b/w" }], order: "weight" },
  ]);
});

test.each([
  ["{ match: m }", "models[0].target: missing; wanted provider/model, or a chain of them as targets"],
  ["{ match: m, target: a/x, targets: [a/y] }", "models[0].target: given beside targets; wanted one of the two"],
  ["{ match: m, targets: [c/x] }", 'models[0].targets[0]: "c/x": there is no provider "c"; known are a, b'],
  [
    "{ match: m, targets: [{ anyOf: [a/x, c/x] }] }",
    /^models\[0\]\.targets\[0\]\.anyOf\[1\]: "c\/x": there is no provider/,
  ],
  ["{ match: m, targets: [{ target: c/x }] }", /^models\[0\]\.targets\[0\]\.target: "c\/x": there is no provider/],
  ["{ match: m, targets: [{ anyOf: [] }] }", /\.anyOf: .*wanted a list of at least one target$/],
  ["{ match: m, targets: [{ anyOf: [a/x], order: best }] }", /\.order: "best" .*one of weight, latency, price$/],
  ["{ match: m, targets: [{ anyOf: [a/x], by: price }] }", /\.by: .*known are anyOf and order$/],
  ["{ match: m, targets: [{ target: a/x, weight: 0 }] }", /\.weight: 0 .*a number greater than 0$/],
  ["{ match: m, targets: [7] }", /targets\[0\]: 7 .*provider\/model, \{ target, weight \}, or equals/],
])("%s is told by its place", async (entry, message) => {
  const told = await problems(`models: [${entry}]`);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(message);
});

test("what is left out of routing stays as it is known to be good", async () => {
  const { routing } = await loaded("models: []");
  const rules = { timeZone: undefined, tiers: {} };
  expect(routing).toEqual({ settings: { attempts: 3, retryUncertain: true }, deadlineMs: undefined, rules });
});

test.each([
  ["2s", { ms: 2_000 }],
  ["p95", { quantile: 0.95 }],
])("a request is sent twice after %s", async (after, expected) => {
  const { routing } = await loaded(`routing: { deadline: 5m, firstContent: 30s, hedge: { after: ${after} } }`);
  expect(routing).toMatchObject({
    settings: { firstContentMs: 30_000, hedge: { after: expected } },
    deadlineMs: 300_000,
  });
});

test.each([
  ["{ attempts: 0 }", /^routing\.attempts: 0 .*at least 1/],
  ["{ hedge: { after: p00 } }", /^routing\.hedge\.after: "p00" .*a duration such as 2s, or a percentile/],
  ["{ hedge: { after: 1s, share: 0.5 } }", /^routing\.hedge\.share: 0\.5 .*at most 0\.05/],
  ["{ retries: 3 }", /^routing\.retries: there is no such setting/],
])("routing: %s is told by its place", async (settings, message) => {
  expect((await problems(`routing: ${settings}`))[0]).toMatch(message);
});
