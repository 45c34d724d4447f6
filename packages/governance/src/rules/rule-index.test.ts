import fc from "fast-check";
import { expect, test } from "vitest";
import { zoneOffsets } from "../limits/zone-offsets.ts";
import { compileGlob } from "../policy/compile-glob.ts";
import { ruleContext } from "../testing/rule-request.ts";
import { compileCondition } from "./compile-condition.ts";
import type { Demand } from "./demand.ts";
import { Facts } from "./facts.ts";
import type { RuleContext } from "./rule-context.ts";
import type { RoutingRule } from "./routing-rule.ts";
import { type NextRule, ruleIndex } from "./rule-index.ts";
import { ruleLanguage } from "./rule-language.ts";
import { type CompiledRule, decide } from "./run-rules.ts";

const language = ruleLanguage();
const settings = {
  tiers: [{ tier: "opus", globs: [compileGlob("*opus*")] }],
  timeZone: "Europe/Berlin",
  offsetAt: zoneOffsets(),
};

/** Parts that demand something, and parts that only hold, do not hold, or fail. */
const word = fc.constantFrom("a", "b", "ab", "abc", "x");
const text = fc.constantFrom("model", "team", "key", 'headers["x-a"]', "headers.b", 'tags["x"]', "tags.y", "user");
const part = fc.oneof(
  fc.tuple(text, word).map(([one, value]) => `${one} == "${value}"`),
  fc.tuple(text, word).map(([one, value]) => `"${value}" == ${one}`),
  fc.tuple(text, word, word).map(([one, a, b]) => `${one} in ["${a}", "${b}"]`),
  fc.tuple(text, word).map(([one, value]) => `${one}.startsWith("${value}")`),
  fc.tuple(text, word, fc.constantFrom("", "*", "*c", "*b*")).map(([one, a, rest]) => `${one}.glob("${a}${rest}")`),
  fc.tuple(text, word).map(([one, value]) => `${one} != "${value}"`),
  fc.constantFrom("stream", "!stream", "thinking", "!images", "(toolCount == 1)", "toolCount in [0, 2]", "true"),
  fc.constantFrom('agent == "main"', 'tier == "opus"', 'tier in ["haiku", "other"]', 'time.weekday == "sun"'),
  word.map((value) => `"${value}" in toolNames`),
  word.map((value) => `toolNames.exists(t, t.startsWith("${value}"))`),
  fc
    .tuple(word, text)
    .map(([value, one]) => `toolNames.exists(t, t == "${value}" || t.startsWith("x") && ${one} == t)`),
  fc.tuple(word, text).map(([value, one]) => `toolNames.exists_one(t, ${one} == "${value}" && t.glob("a*"))`),
  word.map((value) => `toolNames.filter(t, int(t) > 0).exists(t, t == "${value}" && model == "a")`),
  fc.tuple(text, word, word).map(([one, a, b]) => `(${one} == "${a}" && "${b}" in toolNames)`),
  word.map((value) => `["a", "b"].exists(w, toolNames.exists(t, t == w && model == "${value}"))`),
  word.map((value) => `toolNames.exists(t, ["a", t].exists(u, u == "${value}" && t != u))`),
  fc.constantFrom("int(headers.b) > 0", "1 / (toolCount - 1) == 1", 'int(tags["x"]) == 1'),
);
const { made } = fc.letrec<Record<"made", string>>((tie) => ({
  made: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    part,
    fc.tuple(tie("made"), tie("made")).map(([left, right]) => `(${left} && ${right})`),
    fc.tuple(tie("made"), tie("made")).map(([left, right]) => `(${left} || ${right})`),
    tie("made").map((one) => `!(${one})`),
    fc.tuple(tie("made"), tie("made")).map(([left, right]) => `(stream ? ${left} : ${right})`),
  ),
}));
/** Without those that would take too long for a large request. */
function possible(conditions: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return conditions.filter((when) => {
    try {
      return compileCondition(when, { language, providers: [] }).cost >= 0;
    } catch {
      return false;
    }
  });
}
const condition = possible(made);
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ maxTokens: fc.integer({ min: 1, max: 99 }) }) },
  { weight: 3, arbitrary: fc.record({ tag: fc.dictionary(fc.constantFrom("x", "y", "z"), word, { minKeys: 1 }) }) },
  { weight: 1, arbitrary: fc.constant({ refuse: "no" }) },
);
const written = fc.tuple(fc.oneof(possible(part), fc.constant("true"), condition), action);
// Short ones, too: in a long one another rule has read nearly everything before.
const ruleLists = fc
  .oneof(
    fc.array(written, { minLength: 1, maxLength: 8, size: "max" }),
    fc.array(written, { maxLength: 70, size: "max" }),
  )
  .map((rules) => rules.map(([when, does], at): RoutingRule => ({ name: `rule ${at}`, when, ...does })));
const contexts = fc
  .record({
    modelAsked: fc.oneof(word, fc.constant("x-opus")),
    stream: fc.boolean(),
    thinking: fc.boolean(),
    images: fc.boolean(),
    agent: fc.constantFrom("main", "subagent"),
    toolNames: fc.array(word, { maxLength: 3 }),
    headers: fc.record({ "x-a": word, b: fc.constantFrom("1", "a") }, { requiredKeys: [] }),
    keyName: word,
    team: fc.option(word, { nil: undefined }),
    tags: fc.dictionary(fc.constantFrom("x", "y"), fc.oneof(word, fc.constant("1"))),
  })
  .map(({ keyName, team, tags, ...request }) => ruleContext(request, { principal: { keyName, team, tags } }));

/** Rules ready to be asked, without a chain: a refusal ends as well as a route. */
function compiled(rules: readonly RoutingRule[]): CompiledRule[] {
  return rules.map((rule) => ({
    ...rule,
    condition: rule.when === undefined ? undefined : compileCondition(rule.when, { language, providers: [] }),
    links: undefined,
  }));
}

function inOrder(rules: readonly CompiledRule[]): NextRule<CompiledRule> {
  const values = rules.values();
  return () => values.next().value;
}

/** What takes the whole request to be found, and is told of when it is read. */
const costly = ["inputTokens", "toolNames", "thinking", "images", "agent"] as const;

/** A request that tells what is read of it. */
function watched(context: RuleContext): { readonly facts: Facts; readonly read: Set<string> } {
  const read = new Set<string>();
  const request = { ...context.request };
  for (const name of costly) {
    const value = request[name];
    Object.defineProperty(request, name, { get: () => (read.add(name), value) });
  }
  return { facts: new Facts({ ...context, request }, settings), read };
}

test("what is found decides as all rules asked in order, failures and tags on the way included, and reads no more", () => {
  const seen = { held: 0, failed: 0, ended: 0 };
  fc.assert(
    fc.property(ruleLists, fc.array(contexts, { minLength: 3, maxLength: 3 }), (list, requests) => {
      const rules = compiled(list);
      const candidates = ruleIndex(rules);
      for (const context of requests) {
        const [plain, found] = [watched(context), watched(context)];
        const expected = decide(inOrder(rules), plain.facts);
        expect(decide(candidates(found.facts), found.facts)).toEqual(expected);
        expect([...found.read].filter((name) => !plain.read.has(name))).toEqual([]);
        seen.held += expected.held.length;
        seen.failed += expected.failed.length;
        seen.ended += expected.refusal === undefined ? 0 : 1;
      }
    }),
    { numRuns: 200 },
  );
  // The rules made up are worth asking.
  expect(Math.min(seen.held, seen.failed, seen.ended)).toBeGreaterThan(100);
});

test("a condition of which a demand is not met is false and does not fail", () => {
  let unmet = 0;
  fc.assert(
    fc.property(condition, contexts, (when, context) => {
      const { demands, holds } = compileCondition(when, { language, providers: [] });
      if (demands.every((demand) => isMet(demand, new Facts(context, settings)))) return;
      unmet += 1;
      expect(holds(new Facts(context, settings))).toBe(false);
    }),
    { numRuns: 1_000 },
  );
  expect(unmet).toBeGreaterThan(100);
});

function isMet({ subject, test: how, values }: Demand, facts: Facts): boolean {
  const said = [subject.value.run(facts)].flat();
  return said.some((one) =>
    values.some((value) => (how === "is" ? one === value : String(one).startsWith(String(value)))),
  );
}

test("of many rules only those are asked that may hold", () => {
  const rules = compiled(
    Array.from({ length: 100 }, (_, at) => ({
      name: `rule ${at}`,
      when: [`model == "m${at}"`, `team in ["t${at}", "both"] && 1 / toolCount == 1`, `key.glob("k${at}-*")`][at % 3],
      refuse: "no",
    })),
  );
  const asked = (context: RuleContext): readonly string[] => {
    const next = ruleIndex(rules)(new Facts(context, settings));
    const names: string[] = [];
    for (let rule = next(); rule !== undefined; rule = next()) names.push(rule.name);
    return names;
  };
  expect(asked(ruleContext({ modelAsked: "m33" }, { principal: { keyName: "k9-1", team: "t4" } }))).toEqual([
    "rule 4",
    "rule 33",
  ]);
  expect(asked(ruleContext({ modelAsked: "m34" }, { principal: { keyName: "k98-1", team: "t5" } }))).toEqual([
    "rule 98",
  ]);
  expect(asked(ruleContext({}, { principal: { keyName: "k1", team: "both" } }))).toHaveLength(33);
});
