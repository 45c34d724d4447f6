import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveModel } from "./resolve-model.ts";
import { createRouteTable, type ModelRoute, type RouteProvider, splitTarget } from "./route-table.ts";

function provider(name: string, prefix: string, models: readonly string[] = []): RouteProvider {
  return { name, models, knows: (model) => prefix !== "" && model.startsWith(prefix) };
}

function to(target: string): ModelRoute["chain"] {
  return [{ targets: [{ target }] }];
}

const providers = [
  provider("anthropic", "claude-"),
  provider("openai", "gpt-", ["gpt-5", "gpt-5-mini"]),
  provider("azure", "gpt-"),
  provider("gpu", ""),
];

const models: readonly ModelRoute[] = [
  { match: "claude-*", chain: to("gpu/fallback") },
  { match: "claude-sonnet-4-6", chain: to("gpu/qwen/qwen3-coder") },
  { match: "claude-haiku-*", chain: to("openai/gpt-5-mini") },
  { match: "fast", chain: to("openai/claude-sonnet-4-6") },
  { match: "openai/gpt-4", chain: to("openai/gpt-5") },
];

const table = createRouteTable({ models, providers });

test.each([
  ["an exact route before a glob", "claude-sonnet-4-6", "gpu/qwen/qwen3-coder"],
  ["the first glob that matches", "claude-haiku-4-5", "gpu/fallback"],
  ["a target as it stands, without looking it up again", "fast", "openai/claude-sonnet-4-6"],
  ["a route before an address", "openai/gpt-4", "openai/gpt-5"],
  ["an address, cut at its first slash", "gpu/qwen/qwen3", "gpu/qwen/qwen3"],
  ["the first provider that knows a bare name", "gpt-5", "openai/gpt-5"],
  ["an alias", "claude-gateway/openai/gpt-5", "openai/gpt-5"],
  ["a route behind an alias", "claude-gateway/fast", "openai/claude-sonnet-4-6"],
  ["a name with the context suffix", "claude-sonnet-4-6[1m]", "gpu/qwen/qwen3-coder"],
])("finds %s", (_, asked, target) => {
  expect(resolveModel(table, asked)).toEqual({
    ok: true,
    asked,
    links: [{ targets: [{ ...splitTarget(target), weight: 1, region: undefined }], order: "weight" }],
  });
});

test.each([
  ["gpt5-mini", /"gpt5-mini" is not known here.*no provider knows it.*Did you mean "gpt-5-mini"/],
  ["opnai/gpt-5", /no provider "opnai"\. Did you mean "openai\/gpt-5"/],
  ["llama", /Ask for one of claude-sonnet-4-6, fast.*"provider\/model" with a provider of anthropic, openai/],
  ["", /The model "" is not known/],
  ["gpu/", /is not known here/],
  ["/x", /is not known here/],
])("refuses %j with what there is instead", (asked, reason) => {
  const resolution = resolveModel(table, asked);
  expect(resolution).toMatchObject({ ok: false, asked, code: "unknown-model" });
  expect(!resolution.ok && resolution.reason).toMatch(reason);
});

test("a refusal stays short for a huge name and a huge table", () => {
  const many = Array.from({ length: 5_000 }, (_, at) => ({ match: `m-${at}`, chain: to("gpu/x") }));
  const resolution = resolveModel(createRouteTable({ models: many, providers }), `x/${"y".repeat(1_000_000)}`);
  expect(!resolution.ok && resolution.reason.length).toBeLessThan(1_000);
});

test("any name is answered, and only ever with a configured provider", () => {
  const parts = fc.constantFrom("claude-", "gpt-", "openai", "gpu", "/", "claude-gateway/", "[1m]", "fast", "x");
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (words) => {
      const resolution = resolveModel(table, words.join(""));
      if (!resolution.ok) return;
      for (const { provider: name, model } of resolution.links.flatMap(({ targets }) => targets)) {
        expect([providers.some((one) => one.name === name), model !== ""]).toEqual([true, true]);
      }
    }),
  );
});

test("refuses a route to a provider that does not exist", () => {
  const route = { match: "a", chain: to("nowhere/b") };
  expect(() => createRouteTable({ models: [route], providers })).toThrow(/"nowhere\/b" of "a".*anthropic, openai/);
  expect(() => createRouteTable({ models: [{ match: "a", chain: to("gpu") }], providers })).toThrow(/provider\/model/);
});

test("of two routes for one name the first counts", () => {
  const twice = ["gpu/one", "gpu/two"].map((target) => ({ match: "a", chain: to(target) }));
  const resolution = resolveModel(createRouteTable({ models: twice, providers }), "a");
  expect(resolution).toMatchObject({ links: [{ targets: [{ model: "one" }] }] });
});

test("a kind stands for the first provider of it, unless another provider has that name", () => {
  const named = (name: string, kind: string): RouteProvider => ({ name, kind, knows: () => false });
  const reached = (...given: RouteProvider[]) =>
    resolveModel(createRouteTable({ models: [], providers: given }), "bedrock/m");
  const link = (name: string) => ({ links: [{ targets: [{ provider: name, model: "m" }] }] });
  expect(reached(named("prod", "bedrock"), named("test", "bedrock"))).toMatchObject(link("prod"));
  expect(reached(named("prod", "bedrock"), named("bedrock", "openai-chat"))).toMatchObject(link("bedrock"));
});

test("a chain keeps its links in order, with weights and the regions of its providers", () => {
  const here: RouteProvider[] = [
    { name: "a", region: "eu", knows: () => false },
    { name: "b", knows: () => false },
  ];
  const chain = [
    { targets: [{ target: "a/x", weight: 3 }, { target: "b/x" }], order: "latency" as const },
    ...to("b/y"),
  ];
  expect(resolveModel(createRouteTable({ models: [{ match: "m", chain }], providers: here }), "m")).toEqual({
    ok: true,
    asked: "m",
    links: [
      {
        targets: [
          { provider: "a", model: "x", weight: 3, region: "eu" },
          { provider: "b", model: "x", weight: 1, region: undefined },
        ],
        order: "latency",
      },
      { targets: [{ provider: "b", model: "y", weight: 1, region: undefined }], order: "weight" },
    ],
  });
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the weight %s", (weight) => {
  const route = { match: "a", chain: [{ targets: [{ target: "gpu/x", weight }] }] };
  expect(() => createRouteTable({ models: [route], providers })).toThrow(/weight .* of "gpu\/x" is not possible/);
});
