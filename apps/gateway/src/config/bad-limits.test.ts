import { expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

async function told(config: object | string): Promise<readonly string[]> {
  const readFile = (): Promise<string> => Promise.reject(new Error("no files here"));
  const kinds = [{ id: "openai", baseUrl: "https://api.openai.com/v1" }];
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const result = await loadConfig(text, { env: {}, readFile, fileName: "/etc/drawbridge.yaml", kinds });
  return (result.ok ? result.warnings : result.problems).map((problem) => {
    return formatProblem(problem, "c").replace(/^c:\d+:\d+: /u, "");
  });
}

const value = "sk-db-0123456789-0123456789";
const openai = { providers: { openai: {} } };

/** Everybody and everything that can have limits. */
const levels: [path: string, config: (limits: object) => object][] = [
  ["customers.acme", (limits) => ({ customers: { acme: limits } })],
  ["teams.payments", (limits) => ({ teams: { payments: limits } })],
  ["users.alice", (limits) => ({ users: { alice: limits } })],
  ["keys[0]", (limits) => ({ keys: [{ name: "k", value, ...limits }] })],
  ["providers.openai.limits", (limits) => ({ providers: { openai: { limits } } })],
  ["teams.payments.providerLimits.openai", (limits) => ({ ...openai, teams: { payments: at(limits) } })],
  ["users.alice.providerLimits.openai", (limits) => ({ ...openai, users: { alice: at(limits) } })],
  ["keys[0].providerLimits.openai", (limits) => ({ ...openai, keys: [{ name: "k", value, ...at(limits) }] })],
];
const at = (limits: object): object => ({ providerLimits: { openai: limits } });

const usd = "wanted USD from 0 to 9007199 with at most nine digits behind the point, such as 500 or 2.50";
const count = (least: number): string => `wanted a whole number from ${least} on, such as 60, 500k or 2M`;
const windows =
  "wanted minute, hour, day, week, month, quarter, year, total, or a rolling window such as 24h rolling or 30d rolling";
const zone = "wanted a time zone by its IANA name, such as Europe/Berlin";

/** As messages show it: a number that a double cannot hold is read as text, so that no digit is lost. */
const shown = (amount: unknown): string =>
  JSON.stringify(typeof amount === "number" && amount > Number.MAX_SAFE_INTEGER ? String(amount) : amount);

const budget = (amount: unknown): object => ({ budgets: [{ usd: amount, per: "month" }] });
const rate = (of: string, amount: unknown): object => ({ rates: [{ [of]: amount, per: "minute" }] });

const bad: [limits: object, problem: string][] = [
  ...["-1", "-0.000000001", "NaN", "Infinity", "9007199.254740992", "10000000", "1e300", "1,000", "1 000", "free"].map(
    (amount): [object, string] => [budget(amount), `budgets[0].usd: "${amount}" is not possible; ${usd}`],
  ),
  [budget(-1), `budgets[0].usd: -1 is not possible; ${usd}`],
  [budget(1e300), `budgets[0].usd: 1e+300 is not possible; ${usd}`],
  [budget({ eur: 5 }), `budgets[0].usd: a group of settings is not possible; ${usd}`],
  [{ budgets: [{ per: "month" }] }, `budgets[0].usd: missing; ${usd}`],
  [{ budgets: [{ usd: 1 }] }, `budgets[0].per: missing; ${windows}`],
  ...["fortnight", "Month", "rolling", "0h rolling", "367d rolling", "1.5h rolling", "24h", 30].map(
    (per): [object, string] => [
      { budgets: [{ usd: 1, per }] },
      `budgets[0].per: ${JSON.stringify(per)} is not possible; ${windows}`,
    ],
  ),
  [
    { budgets: [{ usd: 1, per: "day", timeZone: "Europe/Berlni" }] },
    `budgets[0].timeZone: "Europe/Berlni" is not possible; ${zone}; did you mean "Europe/Berlin"?`,
  ],
  [{ budgets: [{ usd: 1, per: "day", timeZone: 2 }] }, `budgets[0].timeZone: 2 is not possible; ${zone}`],
  [{ budgets: [{ usd: 1, per: "day", timeZone: "" }] }, `budgets[0].timeZone: "" is not possible; ${zone}`],
  ...["requests", "inputTokens", "outputTokens", "totalTokens"].flatMap((of) =>
    [-1, 0.5, "NaN", "Infinity", 2 ** 53, "9007199254740993", "99999999G", "5K", true].map(
      (amount): [object, string] => [rate(of, amount), `rates[0].${of}: ${shown(amount)} is not possible; ${count(0)}`],
    ),
  ),
  [
    { rates: [{ per: "minute" }] },
    "rates[0]: a group of settings is not possible; wanted at least one of requests, inputTokens, outputTokens, totalTokens",
  ],
  [{ rates: [{ requests: 1, per: "week" }] }, 'rates[0].per: "week" is not possible; wanted second, minute, hour, day'],
  [{ rates: [{ requests: 1 }] }, "rates[0].per: missing; wanted second, minute, hour, day"],
  ...["parallel", "maxTokens"].flatMap((setting) =>
    [0, -1, 1.5, "NaN", 2 ** 53, "many"].map((amount): [object, string] => [
      { [setting]: amount },
      `${setting}: ${shown(amount)} is not possible; ${count(1)}`,
    ]),
  ),
  ...[-1, "NaN", 9_007_200, "0.0000000001"].map((amount): [object, string] => [
    { maxCost: amount },
    `maxCost: ${JSON.stringify(amount)} is not possible; ${usd}`,
  ]),
  [{ budgets: { usd: 1, per: "day" } }, "budgets: a group of settings is not possible; wanted list of budgets"],
  [
    {
      budgets: [
        { usd: 1, per: "day" },
        { usd: 2, per: "day", timeZone: "UTC" },
      ],
    },
    "budgets[1]: limits the same within the same window as limit 1; keep the smaller one",
  ],
  [
    {
      rates: [
        { requests: 1, per: "hour" },
        { requests: 2, per: "hour" },
      ],
    },
    "rates[1]: limits the same within the same window as limit 1; keep the smaller one",
  ],
];

test.each(levels)(
  "limits of %s that make no sense are each told with what is wanted, and nothing else",
  async (path, configure) => {
    for (const [limits, problem] of bad) {
      expect(await told(configure(limits)), JSON.stringify(limits)).toEqual([`${path}.${problem}`]);
    }
  },
);

test("every period and every rate that there is can be set on every level, all beside each other", async () => {
  const calendar = ["minute", "hour", "day", "week", "month", "quarter", "year"];
  const rolling = ["1s rolling", "5m rolling", "24h rolling", "30d rolling", "52w rolling"];
  // A limit that a lower one covers would be warned of, so the longer ones are larger.
  const budgets = [...calendar, ...rolling, "total"].map((per, index) => ({ usd: 10 + index, per }));
  const berlin = calendar.map((per, index) => ({ usd: 10 + index, per, timeZone: "Europe/Berlin" }));
  const rates = ["second", "minute", "hour", "day"].map((per, index) => {
    const amount = 10 + index;
    return { requests: amount, inputTokens: amount, outputTokens: amount, totalTokens: amount, per };
  });
  const limits = { budgets: [...budgets, ...berlin], rates, parallel: 1, maxTokens: 1, maxCost: 1 };
  for (const [path, configure] of levels) expect(await told(configure(limits)), path).toEqual([]);
});

test("zero is a limit like any other: of money, and of what counts over time", async () => {
  for (const [, configure] of levels) {
    const limits = { ...budget(0), ...rate("totalTokens", 0), maxCost: 0 };
    expect(await told(configure(limits))).toEqual([]);
  }
});

test.each([
  ["budgets: [{ usd: 1,000, per: month }]", "there is no such setting; known here are usd, per, timeZone"],
  ["budgets: [{ usd: 1, per: month, timezone: }]", 'there is no such setting; did you mean "timeZone"?'],
  ["budgts:", 'there is no such setting; did you mean "budgets"?'],
])("what is no setting is told even with nothing behind it: %s", async (settings, problem) => {
  expect(await told(`keys: [{ name: k, value: ${value}, ${settings} }]`)).toEqual([expect.stringContaining(problem)]);
});

test("what is needed and has nothing behind it is missing", async () => {
  expect(
    await told("keys: [{ name: k, value: }, { value: sk-db-0123456789-0123456789, budgets: [{ usd: , per: day }] }]"),
  ).toEqual([
    "keys[0].value: missing; wanted secret",
    "keys[1].name: missing; wanted text",
    `keys[1].budgets[0].usd: missing; ${usd}`,
  ]);
});

test("a customer, a team or a user needs no settings", async () => {
  const text = `
customers:
  acme:
teams:
  payments: { customer: acme }
  ops:
users:
  alice: { team: payments }
  bob:
keys:
  - { name: k, value: ${value}, user: alice }
  - { name: l, value: sk-db-1123456789-0123456789, team: ops }
  - { name: m, value: sk-db-2123456789-0123456789, user: bob }
`;
  expect(await told(text)).toEqual([]);
});
