import { expect, test, vi } from "vitest";
import { routesWith, ruleContext } from "../testing/rule-request.ts";
import { compileRules, type CompileRulesOptions } from "./compile-rules.ts";
import type { RequestFacts } from "./rule-context.ts";
import type { RoutingRule } from "./routing-rule.ts";

const routes = routesWith("anthropic", "gpu");
const compile = (rules: readonly RoutingRule[], options: Partial<CompileRulesOptions> = {}) =>
  compileRules(rules, { routes, ...options });
const to = (target: string): RoutingRule["route"] => [{ targets: [{ target }] }];

test("the first rule that holds and routes decides, and nothing after it is asked", () => {
  const rules = compile([
    { name: "haiku", when: 'tier == "haiku"', route: to("gpu/small") },
    { name: "opus", when: 'tier == "opus"', route: to("gpu/large") },
    { name: "never", when: 'int(headers["x-team"]) == 1', refuse: "no" },
  ]);
  expect(rules.decide(ruleContext())).toEqual({
    held: ["opus"],
    route: {
      rule: "opus",
      links: [{ order: "weight", targets: [{ provider: "gpu", model: "large", weight: 1, region: undefined }] }],
    },
    tags: {},
    maxTokens: undefined,
    failed: [],
  });
});

test("tags and the cap on max_tokens of rules that held add up, and later rules see the tags", () => {
  const rules = compile([
    { name: "a", tag: { project: "y", tier: "gold" }, maxTokens: 9_000 },
    { name: "b", when: 'tags["tier"] == "gold" && "tier" in tags', tag: { centre: "42" }, maxTokens: 8_000 },
    { name: "c", when: 'tags["project"] == "x"', maxTokens: 1 },
    { name: "d", maxTokens: 10_000, refuse: "not today" },
  ]);
  expect(rules.decide(ruleContext())).toMatchObject({
    held: ["a", "b", "d"],
    tags: { project: "y", tier: "gold", centre: "42" },
    maxTokens: 8_000,
    refusal: { rule: "d", reason: "not today" },
  });
});

test("tags of one request are not those of the next", () => {
  const rules = compile([{ name: "a", when: "stream", tag: { streamed: "yes" } }]);
  rules.decide(ruleContext());
  expect(rules.decide(ruleContext({ stream: false })).tags).toEqual({});
});

test("a condition that makes no sense for a request does not hold, and that is said", () => {
  const rules = compile([
    { name: "broken", when: 'int(headers["x-team"]) > 3', refuse: "no" },
    { name: "whole", route: to("gpu/x") },
  ]);
  const decision = rules.decide(ruleContext());
  expect(decision.failed).toEqual([{ rule: "broken", reason: '"payments" is not a whole number' }]);
  expect(decision.held).toEqual(["whole"]);
  expect(decision.refusal).toBeUndefined();
});

test("what reading the request throws is not taken for a condition that fails", () => {
  const request = Object.defineProperty({ ...ruleContext().request }, "inputTokens", {
    get: () => {
      throw new RangeError("the body is broken");
    },
  });
  const rules = compile([{ name: "a", when: "inputTokens > 1", refuse: "no" }]);
  expect(() => rules.decide({ ...ruleContext(), request })).toThrow(RangeError);
});

test("facts are found only when a rule asks, and once", () => {
  const costly = vi.fn(() => 5);
  const unasked = vi.fn(() => []);
  const request: RequestFacts = Object.defineProperties(
    { ...ruleContext().request },
    {
      inputTokens: { get: costly },
      toolNames: { get: unasked },
    },
  );
  const rules = compile([
    { name: "a", when: "inputTokens > 10", refuse: "no" },
    { name: "b", when: "inputTokens > 20 || inputTokens > 30", refuse: "no" },
    { name: "c", when: "images && toolCount > 1", refuse: "no" },
  ]);
  expect([...rules.needs].sort()).toEqual(["images", "inputTokens", "toolCount"]);
  rules.decide({ ...ruleContext(), request });
  expect(costly).toHaveBeenCalledTimes(1);
  expect(unasked).not.toHaveBeenCalled();
});

test("budgets and health are among what rules need", () => {
  expect([...compile([{ name: "a", when: 'budget.month > 0.8 && healthy("gpu")', refuse: "no" }]).needs]).toEqual([
    "budget",
    "healthy",
  ]);
});

test("no rules need nothing and decide nothing", () => {
  const rules = compile([]);
  expect(rules.size + rules.needs.size).toBe(0);
  expect(rules.decide(ruleContext())).toEqual({ held: [], tags: {}, failed: [], maxTokens: undefined });
});

test.each([
  ["claude-haiku-5-5", "haiku"],
  ["bedrock/global.anthropic.claude-sonnet-4-6", "sonnet"],
  ["claude-gateway/team/best[1m]", "opus"],
  ["team/tiny-opus", "haiku"],
  ["openai/gpt-5", "other"],
])("%s is of the tier %s, by what is pinned or its name", (modelAsked, tier) => {
  const tiers = { opus: ["team/best"], haiku: ["team/tiny-*"] };
  const rules = compile([{ name: "a", when: `tier == "${tier}"`, refuse: "no" }], { tiers });
  expect(rules.decide(ruleContext({ modelAsked })).held).toEqual(["a"]);
});

test("time is that of the time zone, summer time included", () => {
  const rules = compile([{ name: "a", when: 'time.hour == 10 && time.weekday == "wed"', refuse: "no" }], {
    timeZone: "Europe/Berlin",
  });
  const held = (at: string): number => rules.decide({ ...ruleContext(), atMs: Date.parse(at) }).held.length;
  expect(
    ["2026-07-01T08:59:59Z", "2026-07-01T07:59:59Z", "2026-12-02T09:00:00Z", "2026-12-03T09:00:00Z"].map(held),
  ).toEqual([1, 0, 1, 0]);
});

test("an explanation has every rule with what it looked at, and the same decision", () => {
  const rules = compile([
    { name: "thrift", when: 'tier == "opus" && budget.month > 0.8', route: to("gpu/x") },
    { name: "broken", when: 'int(headers["x-team"]) > 3', refuse: "no" },
    {
      name: "tools",
      when: 'toolNames.exists(t, t.glob("mcp__*")) && healthy("gpu")',
      route: [{ targets: [{ target: "gpu/y" }, { target: "gpu/z" }] }, { targets: [{ target: "gpu/x" }] }],
      tag: { a: "b" },
      maxTokens: 9,
    },
    { name: "rest", refuse: "no" },
  ]);
  const context = ruleContext();
  const { decision, rules: traces } = rules.explain(context);
  expect(decision).toEqual(rules.decide(context));
  expect(traces).toEqual([
    {
      rule: "thrift",
      when: 'tier == "opus" && budget.month > 0.8',
      outcome: "not-held",
      values: [
        { text: "tier", value: "opus" },
        { text: "budget.month", value: 0 },
      ],
      does: ["routes to gpu/x"],
    },
    {
      rule: "broken",
      when: 'int(headers["x-team"]) > 3',
      outcome: "failed",
      values: [{ text: 'headers["x-team"]', value: "payments" }],
      does: ["refuses: no"],
      reason: '"payments" is not a whole number',
    },
    {
      rule: "tools",
      when: 'toolNames.exists(t, t.glob("mcp__*")) && healthy("gpu")',
      outcome: "held",
      values: [
        { text: "toolNames", value: ["Agent", "Bash", "Read", "mcp__github__search"] },
        { text: 'healthy("gpu")', value: true },
      ],
      does: ["routes to gpu/y or gpu/z, then gpu/x", "tags a=b", "caps max_tokens at 9"],
    },
    { rule: "rest", when: undefined, outcome: "unreached", values: [], does: ["refuses: no"] },
  ]);
});

test("an explanation of a huge request stays short", () => {
  const toolNames = Array.from({ length: 500 }, (_, at) => `tool_${at}`);
  const rules = compile([{ name: "a", when: 'model == "x" && "y" in toolNames', refuse: "no" }]);
  const { rules: traces } = rules.explain(ruleContext({ modelAsked: "m".repeat(5_000), toolNames }));
  expect(JSON.stringify(traces).length).toBeLessThan(1_000);
  expect(traces[0]?.values[1]?.value).toContain("… 480 more");
});

const contains = 'toolNames.exists(t, t.contains("x"))';

test.each<[string, readonly RoutingRule[], string]>([
  ["two of one name", [refusing("a"), refusing("a")], 'two rules are named "a"; rename one'],
  [
    "one that does nothing",
    [{ name: "a", when: "stream" }],
    'the rule "a" does nothing; give it route, refuse, tag or',
  ],
  ["one that routes and refuses", [{ ...refusing("a"), route: to("gpu/x") }], "has both route and refuse"],
  ["one that refuses without a word", [{ name: "a", refuse: " " }], "refuses without a word"],
  ["a cap that is none", [{ name: "a", maxTokens: 0.5 }], "has 0.5 as maxTokens"],
  ["an unknown provider", [{ name: "a", route: to("gup/x") }], 'the target "gup/x" of "a" is not "provider/model"'],
  ["a chain without targets", [{ name: "a", route: [] }], '"a" has no target'],
  ["a wrong condition", [refusing("a", "tols")], 'the condition of the rule "a": at character 1, tols'],
  ["too much work", many(60, (name) => refusing(name, contains)), "the rules together take up to"],
  ["more than 1,000 rules", many(1_001, (name) => refusing(name)), "at most 1000 are possible"],
])("%s is refused at load", (_, rules, told) => {
  expect(() => compile(rules)).toThrow(
    expect.objectContaining({ name: "GovernanceError", message: expect.stringContaining(told) }),
  );
});

function refusing(name: string, when?: string): RoutingRule {
  return { name, when, refuse: "no" };
}

function many(count: number, rule: (name: string) => RoutingRule): RoutingRule[] {
  return Array.from({ length: count }, (__, at) => rule(`r${at}`));
}

test("a time zone that does not exist is refused at load", () => {
  expect(() => compile([], { timeZone: "Berlin" })).toThrow('there is no time zone "Berlin"');
});

test("a rule's targets can be equals with weights, one chain after the other", () => {
  const route = [
    { targets: [{ target: "gpu/a", weight: 3 }, { target: "anthropic/b" }], order: "latency" as const },
    { targets: [{ target: "anthropic/c" }] },
  ];
  const { route: made } = compile([{ name: "a", route }]).decide(ruleContext());
  expect(
    made?.links.map(({ order, targets }) => [order, targets.map(({ model, weight }) => `${model} ${weight}`)]),
  ).toEqual([
    ["latency", ["a 3", "b 1"]],
    ["weight", ["c 1"]],
  ]);
});

test("rules that are wrong can be left out and told of, and all others hold", () => {
  const wrong: string[] = [];
  const list: RoutingRule[] = [
    refusing("odd", "tols"),
    { name: "gone", route: to("gup/x") },
    { name: "good", route: to("gpu/x") },
  ];
  const rules = compile([...list, refusing("good")], {
    onWrong: (rule, reason) => void wrong.push(`${rule}: ${reason.slice(0, 50)}`),
  });
  expect(rules.decide(ruleContext()).held).toEqual(["good"]);
  expect(wrong).toEqual([
    'odd: the condition of the rule "odd": at character 1, t',
    expect.stringContaining("gone: the target"),
    expect.stringContaining("good: two rules are named"),
  ]);
});
