import { expect, test } from "vitest";
import { compilePolicy } from "../policy/policy.ts";
import { listModels } from "./list-models.ts";
import { planRoute } from "./plan-route.ts";
import { createRouteTable } from "./route-table.ts";

const anthropic = {
  name: "anthropic",
  models: ["claude-opus-5-5", "claude-sonnet-4-6"],
  knows: (model: string) => model.startsWith("claude-"),
};
const gpu = { name: "gpu", models: ["qwen3-coder", "qwen3-coder"], knows: () => false };

const table = createRouteTable({
  models: [
    { match: "fast", chain: [{ targets: [{ target: "gpu/qwen3-coder" }] }] },
    { match: "claude-sonnet-4-6", chain: [{ targets: [{ target: "gpu/qwen3-coder" }] }] },
    { match: "claude-haiku-*", chain: [{ targets: [{ target: "gpu/small" }] }] },
  ],
  providers: [anthropic, gpu],
});

test("lists exact routes, then each provider's models, each once and in order", () => {
  expect(listModels(table, [compilePolicy()])).toEqual([
    "fast",
    "claude-sonnet-4-6",
    "anthropic/claude-opus-5-5",
    "anthropic/claude-sonnet-4-6",
    "gpu/qwen3-coder",
  ]);
});

test("lists only what the key may use, under a name that the key may use", () => {
  expect(listModels(table, [compilePolicy({ models: { allow: ["gpu/*"] } })])).toEqual([
    "fast",
    "claude-sonnet-4-6",
    "gpu/qwen3-coder",
  ]);
  // The bare claude-sonnet-4-6 is a route to another model, so it does not stand for Anthropic's.
  expect(listModels(table, [compilePolicy({ models: { allow: ["claude-*"] } })])).toEqual([
    "claude-sonnet-4-6",
    "claude-opus-5-5",
  ]);
});

test("every listed id may be asked for", () => {
  for (const models of [{}, { allow: ["claude-*"] }, { deny: ["*opus*"] }, { allow: ["gpu/*"], deny: ["fast"] }]) {
    const policy = compilePolicy({ models });
    for (const asked of listModels(table, [policy])) {
      expect(planRoute(table, [policy], asked).ok).toBe(true);
    }
  }
});

test("sees models found later and stops at the limit", () => {
  const found: string[] = [];
  const growing = createRouteTable({ models: [], providers: [{ name: "local", models: found, knows: () => false }] });
  expect(listModels(growing, [compilePolicy()])).toEqual([]);
  found.push("a", "b", "c");
  expect(listModels(growing, [compilePolicy()], { limit: 2 })).toEqual(["local/a", "local/b"]);
});
