import fc from "fast-check";
import { expect, test } from "vitest";
import { splitTarget } from "../routing/route-table.ts";
import { allowTarget, targetChoice } from "./allow-target.ts";
import { compilePolicy, type PolicyRules } from "./policy.ts";

function ask(models: NonNullable<PolicyRules["models"]>, asked: string, to: string): boolean {
  const target = splitTarget(to);
  if (target === undefined) throw new Error(`no target: ${to}`);
  return allowTarget(compilePolicy({ models }), targetChoice(asked, { ...target, region: undefined })).allowed;
}

test("allows everything when nothing is said", () => {
  expect(ask({}, "gpt-5", "openai/gpt-5")).toBe(true);
  expect(ask({ allow: [] }, "gpt-5", "openai/gpt-5")).toBe(true);
});

test("an allow list lets the asked name or the full target through, and nothing else", () => {
  const rules = { allow: ["claude-*", "gpu/*"] };
  expect(ask(rules, "claude-sonnet-4-6", "openai/gpt-5")).toBe(true);
  expect(ask(rules, "qwen3-coder", "gpu/qwen3-coder")).toBe(true);
  expect(ask(rules, "gpt-5", "openai/gpt-5")).toBe(false);
});

test("a denial wins over every permission", () => {
  expect(ask({ allow: ["*"], deny: ["gpt-*"] }, "gpt-5", "openai/gpt-5")).toBe(false);
  expect(ask({ allow: ["gpt-5"], deny: ["openai/*"] }, "gpt-5", "openai/gpt-5")).toBe(false);
});

test("a denied name cannot be reached through its provider, an alias or a suffix", () => {
  const rules = { deny: ["claude-opus-*", "team-fast"] };
  expect(ask(rules, "anthropic/claude-opus-4-6", "anthropic/claude-opus-4-6")).toBe(false);
  expect(ask(rules, "claude-gateway/team-fast", "gpu/qwen3")).toBe(false);
  expect(ask(rules, "team-fast[1m]", "gpu/qwen3")).toBe(false);
});

test("the alias prefix does not pass for a name that may be used", () => {
  expect(ask({ allow: ["claude-*"] }, "claude-gateway/openai/gpt-5", "openai/gpt-5")).toBe(false);
});

test("a refusal names the model, what the key may use and what to do, and stays short", () => {
  const allow = Array.from({ length: 500 }, (_, at) => `team-${at}-*`);
  const target = { provider: "openai", model: "gpt-5", region: undefined };
  const decision = allowTarget(compilePolicy({ models: { allow } }), targetChoice("x".repeat(9_999), target));
  if (decision.allowed) throw new Error("allowed");
  expect(decision.code).toBe("model-not-allowed");
  expect(decision.reason).toContain("allowed are team-0-*, team-1-*");
  expect(decision.reason).toContain("and 490 more; choose another model");
  expect(decision.reason.length).toBeLessThan(600);
});

test("a refusal by a deny list names the pattern", () => {
  const policy = compilePolicy({ models: { deny: ["*opus*"] } });
  const decision = allowTarget(policy, targetChoice("opus", { provider: "a", model: "opus", region: undefined }));
  expect(decision).toMatchObject({ allowed: false, reason: expect.stringContaining('"*opus*" is denied') });
});

test.each([
  ["eu-central-1", true],
  ["us-east-1", false],
  [undefined, false],
])("a key confined to Europe may use a target in %s: %s", (region, allowed) => {
  const policy = compilePolicy({ regions: ["eu-*", "eu"] });
  const decision = allowTarget(policy, targetChoice("fast", { provider: "bedrock", model: "x", region }));
  expect(decision.allowed).toBe(allowed);
});

test("a refusal by region says where the target computes and where the key may", () => {
  const policy = compilePolicy({ regions: ["eu-*"] });
  const target = { provider: "bedrock", model: "x", region: "us-east-1" };
  expect(allowTarget(policy, targetChoice("fast", target))).toMatchObject({
    code: "region-not-allowed",
    reason: expect.stringMatching(/"fast" is served by bedrock, which computes in us-east-1, .* may only use eu-\*/),
  });
});

const names = fc.constantFrom("a", "b", "ab", "ba", "a-b");
const lists = fc.array(fc.constantFrom("a", "b*", "*a", "p/*", "q/b", "*/ab", "*"), { maxLength: 3 });
const choices = fc
  .tuple(names, fc.record({ provider: fc.constantFrom("p", "q"), model: names, region: fc.constant(undefined) }))
  .map(([asked, target]) => targetChoice(asked, target));

test("taking a pattern off the deny list or adding one to it never works the wrong way round", () => {
  fc.assert(
    fc.property(lists, lists, choices, (allow, deny, choice) => {
      const before = allowTarget(compilePolicy({ models: { allow, deny } }), choice).allowed;
      const denyMore = allowTarget(compilePolicy({ models: { allow, deny: [...deny, "b*"] } }), choice).allowed;
      if (denyMore) expect(before).toBe(true);
      if (allow.length > 0) {
        const allowMore = allowTarget(compilePolicy({ models: { allow: [...allow, "b*"], deny } }), choice).allowed;
        if (before) expect(allowMore).toBe(true);
      }
    }),
  );
});

test("what a deny list names is refused whatever the allow list says", () => {
  fc.assert(
    fc.property(lists, choices, (allow, choice) => {
      for (const pattern of [choice.name, choice.full]) {
        const policy = compilePolicy({ models: { allow: [...allow, "*"], deny: [pattern] } });
        expect(allowTarget(policy, choice).allowed).toBe(false);
      }
    }),
  );
});
