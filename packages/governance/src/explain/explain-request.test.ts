import { expect, test } from "vitest";
import { compilePolicy } from "../policy/policy.ts";
import { authorize } from "../policy/authorize.ts";
import type { RequestBound } from "../lease/lease-request.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { createRouteTable } from "../routing/route-table.ts";
import { compileRules } from "../rules/compile-rules.ts";
import type { RoutingRule } from "../rules/routing-rule.ts";
import { ruleContext } from "../testing/rule-request.ts";
import { explainRequest } from "./explain-request.ts";
import { explanationText } from "./explanation-text.ts";

const providers = [
  { name: "anthropic", knows: () => false },
  { name: "bedrock", region: "eu-central-1", knows: () => false },
  { name: "gpu", region: "eu-office", knows: () => false },
];
const routes = createRouteTable({
  models: [
    {
      match: "claude-opus-*",
      chain: [
        { targets: [{ target: "anthropic/opus" }] },
        { targets: [{ target: "bedrock/opus", weight: 3 }, { target: "gpu/large" }] },
      ],
    },
  ],
  providers,
});
const month = { kind: "calendar", unit: "month", timeZone: "UTC" } as const;
const budget = { of: "nanoUsd", amount: 100e9, window: month } as const;
const budgets = [
  { scope: "team payments", limit: budget, used: 85e9, held: 10e9, resetsAtMs: Date.parse("2026-12-01T00:00:00Z") },
];
const perRequest = limitScope({
  id: "key alice-laptop",
  limits: [
    { of: "outputTokens", amount: 16_000, window: { kind: "request" } },
    { of: "inputTokens", amount: 50_000, window: { kind: "request" } },
  ],
});
/** The same whatever the length of the answer. */
const costing = (nanoUsd: number): RequestBound => ({ inputTokens: 10, outputTokens: 32_000, nanoUsd: () => nanoUsd });
const rules = (...list: RoutingRule[]) => ({ routes, rules: compileRules(list, { routes }) });
const thrift: RoutingRule = {
  name: "thrift",
  when: 'budget.month > 0.8 && tier == "opus"',
  route: [{ targets: [{ target: "gpu/small" }] }],
};
const project: RoutingRule = { name: "project", tag: { project: "y" }, maxTokens: 8_000 };

function request(policies = [compilePolicy()]) {
  const context = ruleContext({}, { budgets });
  return { ...context, principal: { ...context.principal, policies, scopes: [perRequest] } };
}

test("says which rules held, on what they looked, and where the request goes", () => {
  const explanation = explainRequest(rules(project, thrift), request());
  expect(explanation).toMatchObject({
    principal: { key: "alice-laptop", team: "payments", tags: { project: "y" } },
    request: { model: "claude-opus-5-5", maxTokens: 8_000, tools: 4 },
    rules: [
      { rule: "project", outcome: "held" },
      {
        rule: "thrift",
        outcome: "held",
        values: [
          { text: "budget.month", value: 0.85 },
          { text: "tier", value: "opus" },
        ],
      },
    ],
    chain: { by: "rule thrift", links: [{ targets: [{ target: "gpu/small" }] }] },
    limits: [{ scope: "team payments", limit: "100.00 USD a month (UTC)", used: 85e9, held: 10e9 }],
    refusals: [],
  });
  expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({ chain: { by: "rule thrift" } });
});

test("says which filter leaves which target out, and refuses when none is left", () => {
  const eu = compilePolicy({ regions: ["eu-*"], models: { deny: ["gpu/large"] } }, "customer acme");
  const explanation = explainRequest({ routes }, request([eu]));
  const targets = explanation.chain?.links.flatMap((link) => link.targets) ?? [];
  expect(targets.map(({ target, refused }) => [target, refused?.slice(0, 200)])).toEqual([
    ["anthropic/opus", expect.stringContaining("customer acme may only use eu-*")],
    ["bedrock/opus", undefined],
    ["gpu/large", expect.stringContaining("customer acme may not use the model")],
  ]);
  expect(explanation.refusals).toEqual([]);
  const nowhere = explainRequest({ routes }, request([compilePolicy({ regions: ["us-*"] })]));
  expect(nowhere.refusals).toEqual([{ by: "route", code: "region-not-allowed", reason: expect.any(String) }]);
});

test("says everything that stands in the way, in the order in which it is asked", () => {
  const policy = compilePolicy({ tools: { deny: ["mcp__*"] } }, "team payments");
  const asked = request([policy]);
  const authorization = authorize(asked.principal, {
    endpoint: "messages",
    tools: () => [{ name: "mcp__github__search" }],
  });
  const bound = costing(6e9);
  const explanation = explainRequest(rules({ name: "stop", refuse: "not today" }), asked, { authorization, bound });
  expect(explanation.refusals.map(({ by, code }) => [by, code])).toEqual([
    ["filter", "tool-not-allowed"],
    ["rule", "rule-refused"],
    ["limit", "too-many-running"],
  ]);
  expect(explanation.chain).toBeUndefined();
  expect(explanation.limits[0]?.refused).toContain("team payments may use 100.00 USD a month");
});

test("what just fits, and what costs nothing, is not refused", () => {
  const fits = (nanoUsd: number) =>
    explainRequest({ routes }, request(), { bound: costing(nanoUsd) }).refusals.length === 0;
  expect([fits(5e9), fits(5e9 + 1), fits(0)]).toEqual([true, false, true]);
});

test("limits on single requests shorten an answer, or refuse what never fits", () => {
  expect(explainRequest({ routes }, request(), { bound: costing(0) }).request.maxTokens).toBe(16_000);
  const long = { ...costing(0), inputTokens: 60_000 };
  expect(explainRequest({ routes }, request(), { bound: long }).refusals).toEqual([
    { by: "limit", code: "request-too-large", reason: expect.stringContaining("50000 input tokens in one request") },
  ]);
});

test("limits on a provider pass a place over, and refuse when no place is left", () => {
  const parallel = { of: "requests", amount: 4, window: { kind: "parallel" } } as const;
  const full = (provider: string) => [
    { scope: `provider ${provider}`, limit: parallel, used: 0, held: 4, resetsAtMs: undefined },
  ];
  const options = (...busy: string[]) => ({
    bound: costing(0),
    usageAt: (provider: string) => (busy.includes(provider) ? full(provider) : []),
  });
  const some = explainRequest({ routes }, request(), options("anthropic"));
  expect(some).toMatchObject({
    refusals: [],
    limits: [{ scope: "team payments" }, { scope: "provider anthropic", held: 4, need: 1 }],
  });
  expect(explanationText(some)).toContain(
    "1. passes over anthropic/opus now: provider anthropic may run 4 requests at once and does; try again",
  );
  const none = explainRequest({ routes }, request(), options("anthropic", "bedrock", "gpu"));
  expect(none.refusals).toEqual([
    { by: "limit", code: "too-many-running", reason: expect.stringMatching(/^provider anthropic may run 4/u) },
  ]);
});

test("limits on single requests at a provider shorten an answer there, or pass the place over", () => {
  const atMost = (id: string, amount: number, of: "outputTokens" | "inputTokens") =>
    limitScope({ id, limits: [{ of, amount, window: { kind: "request" } }] });
  const scopesAt = (provider: string) =>
    provider === "bedrock"
      ? [atMost("provider bedrock", 9, "inputTokens")]
      : [atMost(`provider ${provider}`, 2_000, "outputTokens")];
  const bound = { ...costing(0), inputTokens: 10, outputTokens: 8_000 };
  const explanation = explainRequest({ routes }, request(), { bound, scopesAt });
  const targets = explanation.chain?.links.flatMap((link) => link.targets) ?? [];
  expect(targets.find(({ provider }) => provider === "anthropic")).toMatchObject({ maxTokens: 2_000 });
  const passed = targets.find(({ provider }) => provider === "bedrock");
  expect(passed?.noRoom).toContain("provider bedrock may use 9 input tokens in one request");
  expect(explanation.refusals).toEqual([]);
  expect(explanationText(explanation)).toContain("anthropic/opus (2000 tokens out at most there)");
  const nowhere = explainRequest({ routes }, request(), { bound, scopesAt: () => scopesAt("bedrock") });
  expect(nowhere.refusals).toMatchObject([{ by: "limit", code: "request-too-large" }]);
});

test("a name that is not known is a refusal without a chain", () => {
  const asked = request();
  const explanation = explainRequest({ routes }, { ...asked, request: { ...asked.request, modelAsked: "gpt-5" } });
  expect(explanation.chain).toBeUndefined();
  expect(explanation.refusals[0]).toMatchObject({ by: "route", code: "unknown-model" });
});

test("reads well", () => {
  const policy = compilePolicy(
    { regions: ["eu-*"], tools: { deny: ["mcp__*"], forbidden: "remove" } },
    "customer acme",
  );
  const asked = request([policy]);
  const authorization = authorize(asked.principal, {
    endpoint: "messages",
    tools: () => [{ name: "mcp__github__search" }],
  });
  const source = rules(
    project,
    { name: "odd", when: 'int(headers["x-team"]) > 3', refuse: "no" },
    { ...thrift, when: "budget.day > 0.8" },
    {
      name: "large",
      when: "inputTokens > 9000",
      route: [
        { targets: [{ target: "bedrock/opus", weight: 3 }, { target: "gpu/large" }, { target: "anthropic/opus" }] },
      ],
    },
    { name: "rest", refuse: "no" },
  );
  const bound = costing(6e9);
  expect(explanationText(explainRequest(source, asked, { authorization, bound }))).toMatchInlineSnapshot(`
    "key alice-laptop, user alice, team payments, customer acme, tagged project=y
    asks for claude-opus-5-5 (messages, main; about 12000 tokens in, 8000 out at most, 4 tools) at 2026-11-29T18:30:15.000Z

    rules
      + project: holds, tags project=y, caps max_tokens at 8000
      ! odd: makes no sense here ("payments" is not a whole number), so it does not hold
          when int(headers["x-team"]) > 3
          headers["x-team"] is "payments"
      - thrift: does not hold
          when budget.day > 0.8
          budget.day is 0
      + large: holds, routes to bedrock/opus or gpu/large or anthropic/opus
          when inputTokens > 9000
          inputTokens is 12000
        rest: not asked any more

    goes where rule large leads
      1. one of bedrock/opus (weight 3), gpu/large (weight 1)
         not anthropic/opus: the model "claude-opus-5-5" is served by anthropic, which has no region in the configuration, and customer acme may only use eu-*; choose another model or ask for access

    without the tools
      mcp__github__search

    limits
      team payments: 100.00 USD a month (UTC), 85 % used, 10 % held by running requests; this request would hold 6.00 USD, for which there is no room

    It would be refused (too-many-running): team payments may use 100.00 USD a month (UTC): 85.00 USD used and 10.00 USD held by running requests; this request may take 6.00 USD more. The limit resets at 2026-12-01T00:00:00.000Z
    "
  `);
});
