import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isGovernanceError } from "../errors.ts";
import { zoneOffsets } from "../limits/zone-offsets.ts";
import { compileGlob } from "../policy/compile-glob.ts";
import { ruleContext } from "../testing/rule-request.ts";
import { budgetUse } from "./budget-use.ts";
import { compileCondition } from "./compile-condition.ts";
import { Facts } from "./facts.ts";
import type { RuleContext } from "./rule-context.ts";
import { conditionEnvironment, ruleLanguage } from "./rule-language.ts";

const language = ruleLanguage();
const providers = ["anthropic", "gpu"];
const settings = {
  tiers: [{ tier: "opus", globs: [compileGlob("*opus*")] }],
  timeZone: "Europe/Berlin",
  offsetAt: zoneOffsets(),
};
const month = { kind: "calendar", unit: "month", timeZone: "UTC" } as const;
const usage = [
  { scope: "team payments", limit: { of: "nanoUsd", amount: 100, window: month }, used: 85, held: 10, resetsAtMs: 1 },
] as const;
const sample = ruleContext({}, { budgets: usage, healthy: (name) => name !== "gpu" });

function holds(condition: string, context: RuleContext = sample): boolean {
  return compileCondition(condition, { language, providers }).holds(new Facts(context, settings));
}

test.each([
  ['tier == "opus"', true],
  ['model.glob("claude-*-5-5")', true],
  ['model.glob("gpt-*")', false],
  ['model != "claude-opus-5-5"', false],
  ['model in ["a", "claude-opus-5-5"]', true],
  ["inputTokens > 10000 && toolCount == 4", true],
  ["inputTokens / 5000 == 2 && inputTokens % 5000 == 2000", true],
  ["-inputTokens < -11999", true],
  ["thinking && !images", true],
  ['endpoint == "messages" && stream', true],
  ['agent == "subagent"', false],
  ['headers["x-team"] == "payments" && headers["X-Team"] == "payments"', true],
  ['headers.list == "a, b"', true],
  ['headers["absent"] == ""', true],
  ['headers["absent"] != "x"', true],
  ['"x-team" in headers && !("absent" in headers)', true],
  ['int(headers["x-count"]) == 12 && double(headers["x-count"]) > 11.5', true],
  ['tags.project == "x" && tags["nothing"] == ""', true],
  ['key == "alice-laptop" && user == "alice" && team == "payments" && customer == "acme"', true],
  ['session == "6f1c" && address.startsWith("10.")', true],
  ["budget.month > 0.8 && budget.team > 0.8 && budget.used == budget.month", true],
  ["budget.day > 0.0 || budget.key > 0.0", false],
  ['time.hour == 19 && time.minute == 30 && time.weekday == "sun" && time.date == "2026-11-29"', true],
  ['healthy("anthropic") && !healthy("gpu")', true],
  ['toolNames.exists(t, t.glob("mcp__github__*"))', true],
  ["toolNames.all(t, t.size() > 3)", true],
  ['toolNames.exists_one(t, t.startsWith("mcp"))', true],
  ['toolNames.filter(t, !t.startsWith("mcp__")).size() == 3', true],
  ['"Bash" in toolNames && !("Write" in toolNames)', true],
  ['["a", "b"].exists(x, toolNames.filter(t, t.contains(x)).size() > 2)', true],
  ['model.contains("opus") && model.endsWith("5") && model.size() == 15', true],
  ['" A-b ".trim().lowerAscii() == "a-b" && "ä!a".upperAscii() == "ä!A"', true],
  ['(stream ? "yes" : "no") + "!" == "yes!"', true],
  ["(stream ? 1 : 2) == 1 && (images ? 1.5 : 2.5) > 2.0 && (images ? images : stream)", true],
  ["[1, 2].exists(n, n == 2) && [true].all(b, b) && [inputTokens].exists(n, n == 12000)", true],
  ["maxTokens >= 32000 && maxTokens <= 32000", true],
  ['"🙂".size() == 1', true],
])("%s is %s", (condition, expected) => {
  expect(holds(condition)).toBe(expected);
});

test("what a request does not say is an empty text or 0", () => {
  const request = { maxTokens: undefined, sessionId: undefined, address: undefined };
  const context = ruleContext(request, { principal: { keyName: "k" } });
  const empty = ["session", "address", "user", "team", "customer", 'tags["x"]'].map((name) => `${name} == ""`);
  expect(holds(`maxTokens == 0 && ${empty.join(" && ")} && budget.used == 0.0 && healthy("gpu")`, context)).toBe(true);
});

test("a header that holds a secret reads as missing whatever the way to it", () => {
  expect(holds('headers["auth" + "orization"] == "" && !(("auth" + "orization") in headers)')).toBe(true);
});

test.each([
  ["1 / (inputTokens - 12000) == 0", "division by zero"],
  ['int(headers["x-team"]) == 1', '"payments" is not a whole number'],
  ['int(headers["absent"]) == 1', '"" is not a whole number'],
  ['double(headers["x-team"]) == 1.0', "is not a number"],
  ["inputTokens * 9007199254740991 > 1", "larger than 2^53"],
  ["int(1e300) == 1", "larger than 2^53"],
])("%s fails for a request that it makes no sense for", (condition, reason) => {
  expect(() => holds(condition)).toThrow(
    expect.objectContaining({ code: "rule-failed", message: expect.stringContaining(reason) }),
  );
});

describe("the library as the judge", () => {
  const environment = conditionEnvironment();
  const { request, principal } = sample;
  const headers = { "x-team": "payments", "x-count": "12", list: "a, b" };
  const budget = budgetUse(sample.budgets ?? []);
  const asLibrary = {
    model: request.modelAsked,
    inputTokens: BigInt(request.inputTokens),
    maxTokens: BigInt(request.maxTokens ?? 0),
    toolCount: 4n,
    toolNames: request.toolNames,
    stream: request.stream,
    thinking: request.thinking,
    images: request.images,
    headers,
    key: principal.keyName,
    budget,
  };

  const binary = (operators: readonly string[]) => (part: fc.Arbitrary<string>) =>
    fc.tuple(part, fc.constantFrom(...operators), part).map(([left, op, right]) => `(${left} ${op} ${right})`);
  const { condition } = fc.letrec<Record<"condition" | "whole" | "real" | "text", string>>((tie) => {
    const whole = fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("inputTokens", "maxTokens", "toolCount", "0", "1", "3", "-7", "12000", "size(toolNames)"),
      binary(["+", "-", "*", "/", "%"])(tie("whole")),
      tie("text").map((text) => `${text}.size()`),
      tie("whole").map((value) => `(-${value})`),
      fc.constantFrom("x-team", "x-count").map((name) => `int(headers["${name}"])`),
      fc.tuple(tie("condition"), tie("whole"), tie("whole")).map(([when, a, b]) => `(${when} ? ${a} : ${b})`),
    );
    const real = fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("budget.month", "budget.used", "budget.key", "0.85", "2.0", "0.0"),
      binary(["+", "-", "*", "/"])(tie("real")),
      tie("whole").map((value) => `double(${value})`),
    );
    const text = fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("model", "key", 'headers["x-team"]', "headers.list", '"claude"', '"Bash"', '""', '"🙂"'),
      binary(["+"])(tie("text")),
      tie("text").map((one) => `${one}.lowerAscii()`),
      tie("text").map((one) => `${one}.trim()`),
    );
    const loop = fc
      .constantFrom("exists", "all", "exists_one")
      .chain((name) =>
        fc
          .tuple(
            fc.constantFrom(
              't.startsWith("mcp")',
              "t == key",
              't.contains("a")',
              "int(t) == 1",
              "1 / (t.size() - 4) > 0",
            ),
            tie("condition"),
          )
          .map(([one, other]) => `toolNames.${name}(t, ${one} || ${other})`),
      );
    const comparisons = ["==", "!=", "<", "<=", ">", ">="];
    const leaf = fc.constantFrom("stream", "images", "true", "false", '"Bash" in toolNames', '"x-team" in headers');
    return {
      whole,
      real,
      text,
      condition: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        leaf,
        binary(["&&", "||"])(tie("condition")),
        tie("condition").map((one) => `!${one}`),
        binary(comparisons)(tie("whole")),
        binary(comparisons)(tie("real")),
        binary(comparisons)(tie("text")),
        fc
          .tuple(tie("text"), fc.constantFrom("contains", "startsWith", "endsWith"), tie("text"))
          .map(([one, name, other]) => `${one}.${name}(${other})`),
        fc.tuple(tie("text"), fc.constantFrom("*", "claude-*", "*a*y*")).map(([one, glob]) => `${one}.glob("${glob}")`),
        fc.tuple(tie("text"), tie("text"), tie("text")).map(([one, a, b]) => `${one} in [${a}, ${b}]`),
        fc.tuple(tie("whole"), tie("whole")).map(([one, a]) => `${one} in [1, 4, ${a}]`),
        loop,
      ),
    };
  });

  /** What an evaluation comes to; `skip` for what this package refuses to compile, or counts otherwise. */
  function outcome(evaluate: () => unknown): unknown {
    try {
      return evaluate();
    } catch (error) {
      if (isGovernanceError(error))
        return error.code === "invalid-rule" || error.message.includes("2^53") ? "skip" : "failed";
      return "failed";
    }
  }

  test("says the same of every condition, also of those that fail", () => {
    const seen = { true: 0, false: 0, failed: 0, skip: 0 };
    fc.assert(
      fc.property(condition, (text) => {
        const ours = outcome(() => holds(text));
        seen[String(ours) as keyof typeof seen] += 1;
        if (ours !== "skip") expect(ours).toBe(outcome(() => environment.parse(text)(asLibrary)));
      }),
      { numRuns: 3_000 },
    );
    // The conditions made up are worth asking.
    expect(Math.min(seen.true, seen.false, seen.failed)).toBeGreaterThan(100);
    expect(seen.skip).toBeLessThan(600);
  });
});
