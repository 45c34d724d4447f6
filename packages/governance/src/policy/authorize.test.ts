import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { authorize, type ToolFacts } from "./authorize.ts";
import { compileGlob } from "./compile-glob.ts";
import { compilePolicy, type Policy, type PolicyRules } from "./policy.ts";
import { planRoute } from "../routing/plan-route.ts";
import type { RouteLink, RouteTable } from "../routing/route-table.ts";

function decide(tools: readonly ToolFacts[], ...rules: readonly PolicyRules[]) {
  const policies = rules.map((rule, index) => compilePolicy(rule, ["team payments", "key alice"][index]));
  return authorize({ policies }, { endpoint: "messages", tools: () => tools });
}

function removed(tools: readonly ToolFacts[], filter: NonNullable<PolicyRules["tools"]>): readonly string[] {
  const decision = decide(tools, { tools: { ...filter, forbidden: "remove" } });
  if (!decision.allowed) throw new Error(decision.reason);
  return decision.value.removeTools;
}

const bash = { name: "Bash" };
const issue = { name: "mcp__github__create_issue" };
const page = { name: "mcp__wiki__read" };
const search = { name: "web_search", type: "web_search_20250305" };
const editor = { name: "str_replace_based_edit_tool", type: "text_editor_20250728" };
const github = { name: "mcp__github__*", type: "mcp_toolset" };

test("without rules everything passes and the tools are not even read", () => {
  const tools = vi.fn(() => [bash]);
  const policies = [compilePolicy({ models: { deny: ["x"] } })];
  expect(authorize({ policies }, { endpoint: "chat", tools })).toEqual({ allowed: true, value: { removeTools: [] } });
  expect(tools).not.toHaveBeenCalled();
});

test("an endpoint must be allowed by every level", () => {
  const of = (endpoint: "messages" | "chat"): unknown =>
    authorize(
      {
        policies: [compilePolicy({}, "a"), compilePolicy({ endpoints: ["messages", "count_tokens"] }, "team payments")],
      },
      { endpoint },
    );
  expect(of("messages")).toMatchObject({ allowed: true });
  expect(of("chat")).toEqual({
    allowed: false,
    code: "endpoint-not-allowed",
    reason: "team payments may not use the endpoint chat: allowed are messages, count_tokens; ask for access",
  });
});

test("a forbidden tool has the request refused, and the sentence names level, tools and pattern", () => {
  expect(decide([bash, issue, page], { tools: { deny: ["mcp__github__*"] } })).toMatchObject({
    code: "tool-not-allowed",
    reason: expect.stringMatching(
      /^team payments may not use the tool mcp__github__create_issue: "mcp__github__\*" is denied; .*\/mcp/,
    ),
  });
  expect(decide([bash, issue, page], { tools: { allow: ["Bash"] } })).toMatchObject({
    reason: expect.stringContaining("the tools mcp__github__create_issue, mcp__wiki__read: allowed are Bash"),
  });
});

interface Removal {
  readonly what: string;
  readonly tools: readonly ToolFacts[];
  readonly filter: NonNullable<PolicyRules["tools"]>;
  readonly expected: readonly string[];
}

test.each<Removal>([
  {
    what: "tools by pattern",
    tools: [bash, issue, page],
    filter: { deny: ["mcp__github__*"] },
    expected: [issue.name],
  },
  {
    what: "all but the allowed",
    tools: [bash, issue, page],
    filter: { allow: ["Bash", "mcp__wiki__*"] },
    expected: [issue.name],
  },
  {
    what: "denied ones that are allowed too",
    tools: [bash, issue],
    filter: { allow: ["*"], deny: ["Bash"] },
    expected: [bash.name],
  },
  { what: "server tools by name", tools: [bash, search], filter: { deny: ["web_search"] }, expected: [search.name] },
  { what: "server tools by type", tools: [bash, search], filter: { deny: ["web_search_2*"] }, expected: [search.name] },
  {
    what: "tools of the API whose type is not allowed",
    tools: [editor, search],
    filter: { allow: ["str_replace*", "web_search"] },
    expected: [editor.name],
  },
  {
    what: "sets of which one tool is denied",
    tools: [github],
    filter: { deny: ["mcp__github__delete_repo"] },
    expected: [github.name],
  },
  {
    what: "sets that a pattern may reach into",
    tools: [github],
    filter: { deny: ["*delete*"] },
    expected: [github.name],
  },
  {
    what: "sets that are not allowed whole",
    tools: [github],
    filter: { allow: ["mcp__github__create_*"] },
    expected: [github.name],
  },
  {
    what: "no sets of another server",
    tools: [github],
    filter: { deny: ["mcp__wiki__*"], allow: ["mcp__*"] },
    expected: [],
  },
  { what: "no sets that are allowed by type", tools: [github], filter: { allow: ["mcp_toolset"] }, expected: [] },
])("removes $what", ({ tools, filter, expected }) => {
  expect(removed(tools, filter)).toEqual(expected);
});

test("levels remove together, and one that refuses wins", () => {
  const team: PolicyRules = { tools: { deny: ["mcp__github__*"], forbidden: "remove" } };
  const key: PolicyRules = { tools: { deny: ["Bash"], forbidden: "remove" } };
  expect(decide([bash, issue, page], team, key)).toMatchObject({ value: { removeTools: [issue.name, bash.name] } });
  const strict: PolicyRules = { tools: { deny: ["Bash"] } };
  expect(decide([bash, issue], team, strict)).toMatchObject({ code: "tool-not-allowed" });
  expect(decide([issue], team, strict)).toMatchObject({ value: { removeTools: [issue.name] } });
});

const patterns = fc.array(fc.constantFrom("mcp__a__*", "mcp__*", "*", "mcp__a__x", "*x", "mcp__a__x*", "mcp__b__*"), {
  maxLength: 3,
});

test("a set is never let through when a tool that it could have would not be", () => {
  const members = fc.string({ unit: fc.constantFrom("x", "y", "_"), maxLength: 4 });
  fc.assert(
    fc.property(patterns, patterns, members, (allow, deny, member) => {
      const whole = removed([{ name: "mcp__a__*" }], { allow, deny });
      const one = removed([{ name: `mcp__a__${member}` }], { allow, deny });
      if (whole.length === 0) expect(one).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

const someNames = fc.array(fc.constantFrom("a", "b", "a*", "*b", "p/*", "q/a", "*"), { maxLength: 2 });
const someFilter = fc.record({ allow: someNames, deny: someNames });
const somePolicy = fc.record({
  models: someFilter,
  providers: fc.record({ allow: fc.subarray(["p", "q"]), deny: fc.subarray(["p", "q"], { maxLength: 1 }) }),
  regions: fc.subarray(["eu", "us"]),
  endpoints: fc.subarray(["messages", "chat"] as const),
  tools: fc.record({ allow: someNames, deny: someNames, forbidden: fc.constantFrom("refuse", "remove") }),
});

test("no level gives what another withholds: together policies allow exactly what each of them does", () => {
  const target = fc.record({
    provider: fc.constantFrom("p", "q"),
    model: fc.constantFrom("a", "b", "ab"),
    region: fc.constantFrom("eu", "us", undefined),
  });
  const requests = fc.record({
    to: target,
    names: fc.subarray(["a", "b", "ab", "x"]),
    endpoint: fc.constantFrom("messages" as const, "chat" as const),
  });
  fc.assert(
    fc.property(fc.array(somePolicy, { maxLength: 4 }), requests, (rules, { to, names, endpoint }) => {
      const policies = rules.map((rule) => compilePolicy(rule));
      const use = { endpoint, tools: () => names.map((name) => ({ name })) };
      const alone = policies.map((policy) => authorize({ policies: [policy] }, use));
      const together = authorize({ policies }, use);
      expect(together.allowed).toBe(alone.every(({ allowed }) => allowed));
      if (together.allowed) {
        const each = alone.flatMap((decision) => (decision.allowed ? decision.value.removeTools : []));
        expect(new Set(together.value.removeTools)).toEqual(new Set(each));
      }
      const link = { targets: [{ ...to, weight: 1 }], order: "weight" as const };
      const reaches = (some: readonly Policy[]): boolean => planRoute(tableTo(link), some, "ab").ok;
      expect(reaches(policies)).toBe(policies.every((policy) => reaches([policy])));
    }),
    { numRuns: 2_000 },
  );
});

/** A table in which every name leads to one link. */
function tableTo(link: RouteLink): RouteTable {
  const all = { glob: compileGlob("*"), links: [link] };
  return { exact: new Map(), globs: [all], globFor: () => all, providers: [], addressable: new Map() };
}
