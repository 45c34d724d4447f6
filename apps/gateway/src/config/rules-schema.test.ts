import { describe, expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";

const head = `
providers:
  anthropic: { apiKey: sk-1234567890123456 }
  gpu: { kind: openai-chat, baseUrl: "http://gpu/v1" }
rules:
`;

function load(rules: string, rest = ""): ReturnType<typeof loadConfig> {
  return loadConfig(`${head}${rules}\n${rest}`, {
    env: {},
    readFile: () => Promise.reject(new Error("no file")),
    fileName: "drawbridge.yaml",
    kinds: [{ id: "anthropic", baseUrl: "https://api.anthropic.com" }, { id: "openai-chat" }],
  });
}

async function problems(rules: string, rest = ""): Promise<string> {
  const result = await load(rules, rest);
  return result.ok ? "" : result.problems.map(({ path, line, message }) => `${line} ${path}: ${message}`).join("\n");
}

test("rules are read in order, a route in every form that a chain has", async () => {
  const result = await load(
    `
  - { name: simple, when: 'toolCount == 0 && !thinking', route: gpu/qwen3-coder }
  - name: chain
    when: tier == "opus"
    route:
      - anthropic/claude-sonnet-4-6
      - anyOf: [{ target: gpu/a, weight: 3 }, gpu/b]
        order: latency
  - { name: equals, route: { anyOf: [gpu/a, gpu/b] } }
  - { name: stop, when: stream, refuse: Not here. }
  - { name: mark, tag: { project: x, cost_centre: 4711 }, maxTokens: 8000 }
`,
    "routing: { timeZone: Europe/Berlin, tiers: { opus: [team/best, best-*] } }",
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.config.rules).toEqual([
    { name: "simple", when: "toolCount == 0 && !thinking", route: [{ targets: [{ target: "gpu/qwen3-coder" }] }] },
    {
      name: "chain",
      when: 'tier == "opus"',
      route: [
        { targets: [{ target: "anthropic/claude-sonnet-4-6" }] },
        { targets: [{ target: "gpu/a", weight: 3 }, { target: "gpu/b" }], order: "latency" },
      ],
    },
    { name: "equals", route: [{ targets: [{ target: "gpu/a" }, { target: "gpu/b" }], order: "weight" }] },
    { name: "stop", when: "stream", refuse: "Not here." },
    { name: "mark", tag: { project: "x", cost_centre: "4711" }, maxTokens: 8_000 },
  ]);
  expect(result.config.routing.rules).toEqual({ timeZone: "Europe/Berlin", tiers: { opus: ["team/best", "best-*"] } });
});

describe("a mistake is told at its place", () => {
  test.each([
    ["- { name: a, when: tols == 1, refuse: x }", "6 rules[0].when: at character 1, tols: there is no such variable"],
    [
      '- { name: a, when: healthy("gup"), refuse: x }',
      'rules[0].when: at character 9, "gup": there is no such provider',
    ],
    ['- { name: a, tag: { "a b": x } }', 'rules[0].tag["a b"]: "x" is not possible; wanted a tag whose name has up to'],
    ["- { name: a, tag: { a: [x] } }", "rules[0].tag.a: a list is not possible; wanted text"],
    ["- { name: a }", "rules[0]: does nothing; wanted at least one of route, refuse, tag and maxTokens"],
    ["- { name: a, refuse: x, route: gpu/x }", "rules[0]: has both route and refuse"],
    ["- { name: a, refuse: x }\n  - { name: a, refuse: y }", "7 rules[1].name: the same as in rules[0]"],
    ["- { name: a, route: gup/x }", 'rules[0].route: "gup/x": there is no provider "gup"; did you mean "gpu"?'],
    [
      "- { name: a, route: [gpu/x, { target: gup/x }] }",
      'rules[0].route[1].target: "gup/x": there is no provider "gup"',
    ],
    ["- { name: a, route: { anyOf: [gpu/x, gup/y] } }", 'rules[0].route.anyOf[1]: "gup/y": there is no provider "gup"'],
    ["- { name: a, route: [] }", "rules[0].route: a list is not possible; wanted at least one target"],
    [
      "- { name: a, route: [{ target: gpu/x, weight: 0 }] }",
      "rules[0].route[0].weight: 0 is not possible; wanted a number greater than 0",
    ],
    ["- { name: a, route: 7 }", "rules[0].route: 7 is not possible; wanted provider/model"],
    ["- { name: a, maxTokens: 0.5 }", "rules[0].maxTokens: 0.5 is not possible"],
    ["- { name: a, refuse: '' }", "rules[0].refuse"],
    ["- { name: a, then: gpu/x }", "rules[0].then: there is no such setting"],
    ["- { when: stream, refuse: x }", "rules[0].name: missing"],
  ])("%s", async (rules, told) => {
    expect(await problems(`  ${rules}`)).toContain(told);
  });

  test.each([
    [
      "routing: { timeZone: Berlin }",
      'routing.timeZone: "Berlin" is not possible; wanted a time zone by its IANA name',
    ],
    ["routing: { tiers: { opus: ['a[b'] } }", "routing.tiers.opus[0]"],
    ["routing: { tiers: { opsu: [a] } }", 'routing.tiers.opsu: there is no such setting; did you mean "opus"?'],
  ])("%s", async (routing, told) => {
    expect(await problems("  - { name: a, refuse: x }", routing)).toContain(told);
  });
});
