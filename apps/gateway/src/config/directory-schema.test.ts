import type { DirectoryRules, Limit } from "@drawbridge/governance";
import { expect, test } from "vitest";
import { directoryRules } from "./declared-directory.ts";
import { type ConfigLoad, loadConfig } from "./load-config.ts";
import { formatProblem } from "./problem.ts";

/** A day of 2026. */
const now = (): number => Date.parse("2026-11-30T12:00:00Z");

async function load(text: string, env: Readonly<Record<string, string>> = {}): Promise<ConfigLoad> {
  const readFile = (): Promise<string> => Promise.reject(new Error("no files here"));
  const kinds = [{ id: "openai", baseUrl: "https://api.openai.com/v1" }, { id: "openai-chat" }];
  return loadConfig(text, { env, readFile, fileName: "/etc/drawbridge.yaml", kinds, now });
}

async function rules(text: string): Promise<DirectoryRules> {
  const result = await load(text);
  if (!result.ok) throw new Error(result.problems.map((problem) => formatProblem(problem, "c")).join("\n"));
  return directoryRules(result.config.directory, (value) => `digest of ${value}`);
}

async function told(text: string, env?: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const result = await load(text, env);
  return (result.ok ? result.warnings : result.problems).map((problem) => formatProblem(problem, "c"));
}

async function limitsOfKey(settings: string): Promise<readonly Limit[] | undefined> {
  const { keys } = await rules(`keys: [{ name: k, value: sk-db-0123456789-0123456789, ${settings} }]`);
  return keys?.[0]?.limits;
}

test("a hierarchy with limits, filters and keys is read whole", async () => {
  expect(
    await rules(`
server: { trustedProxies: [10.0.0.0/8] }
providers:
  openai: { limits: { rates: [{ requests: 500, per: minute }], parallel: 64 } }
  gpu:    { kind: openai-chat, baseUrl: http://gpu/v1 }
customers:
  acme: { budgets: [{ usd: 5000, per: month, timeZone: Europe/Berlin }, { usd: 20000, per: total }] }
teams:
  payments:
    customer: acme
    budgets: [{ usd: 20.50, per: 24h rolling }]
    providerLimits: { openai: { budgets: [{ usd: 100, per: month }] } }
    models: { deny: ["*opus*"] }
    tools: { deny: ["mcp__github__*"], forbidden: remove }
    tags: { project: checkout, cost_centre: 4711 }
users:
  alice: { team: payments, rates: [{ requests: 60, totalTokens: 1.5M, per: minute }], parallel: 8 }
keys:
  - name: alice-laptop
    user: alice
    value: sk-db-new-0123456789
    previous: { value: sk-db-old-0123456789, until: 2026-12-24 }
    expires: 2027-01-31T18:00:00+01:00
    addresses: [192.0.2.0/24, "2001:db8::/32"]
    maxTokens: 32k
    maxCost: 2.50
    providers: { allow: [openai] }
    endpoints: [messages, count_tokens]
    regions: [eu-*]
`),
  ).toMatchObject({
    providers: [
      {
        name: "openai",
        limits: [
          { of: "requests", amount: 500, window: { kind: "rolling", ms: 60_000 } },
          { of: "requests", amount: 64, window: { kind: "parallel" } },
        ],
      },
      { name: "gpu", limits: [] },
    ],
    customers: [
      {
        name: "acme",
        limits: [
          { of: "nanoUsd", amount: 5e12, window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } },
          { of: "nanoUsd", amount: 2e13, window: { kind: "total" } },
        ],
      },
    ],
    teams: [
      {
        name: "payments",
        customer: "acme",
        limits: [{ of: "nanoUsd", amount: 20_500_000_000, window: { kind: "rolling", ms: 86_400_000 } }],
        providerLimits: {
          openai: [{ of: "nanoUsd", amount: 1e11, window: { kind: "calendar", unit: "month", timeZone: "UTC" } }],
        },
        policy: { models: { deny: ["*opus*"] }, tools: { deny: ["mcp__github__*"], forbidden: "remove" } },
        tags: { project: "checkout", cost_centre: "4711" },
      },
    ],
    users: [
      {
        name: "alice",
        team: "payments",
        limits: [
          { of: "requests", amount: 60, window: { kind: "rolling", ms: 60_000 } },
          { of: "totalTokens", amount: 1_500_000, window: { kind: "rolling", ms: 60_000 } },
          { of: "requests", amount: 8, window: { kind: "parallel" } },
        ],
      },
    ],
    keys: [
      {
        name: "alice-laptop",
        user: "alice",
        digest: "digest of sk-db-new-0123456789",
        previous: { digest: "digest of sk-db-old-0123456789", untilMs: Date.UTC(2026, 11, 24) },
        expiresAtMs: Date.UTC(2027, 0, 31, 17),
        addresses: ["192.0.2.0/24", "2001:db8::/32"],
        limits: [
          { of: "outputTokens", amount: 32_000, window: { kind: "request" } },
          { of: "nanoUsd", amount: 2_500_000_000, window: { kind: "request" } },
        ],
        policy: {
          providers: { allow: ["openai"] },
          endpoints: ["messages", "count_tokens"],
          regions: ["eu-*"],
        },
      },
    ],
  });
});

test.each([
  ["0", 0],
  ["0.000000001", 1],
  ["1e-9", 1],
  ["0.1", 100_000_000],
  ["'19.990000001'", 19_990_000_001],
  ["9007199.254740991", 9_007_199_254_740_991],
])("a budget of %s USD is exact to the nano-USD", async (usd, nano) => {
  expect((await limitsOfKey(`budgets: [{ usd: ${usd}, per: day }]`))?.[0]?.amount).toBe(nano);
});

test.each([
  "-1",
  ".nan",
  ".inf",
  "9007200",
  "1e300",
  "0.0000000001",
  "1.0000000001",
  "1.2.3",
  "$5",
  "[5]",
  "''",
  "true",
  "1e",
])("a budget of %s USD is refused", async (usd) => {
  const [problem = ""] = await told(
    `keys: [{ name: k, value: sk-db-0123456789-0123456789, budgets: [{ usd: ${usd}, per: day }] }]`,
  );
  expect(problem).toContain("keys[0].budgets[0].usd: ");
  expect(problem).toContain("wanted USD from 0 to 9007199");
});

test.each([
  ["{ usd: 5, per: fortnight }", "per", "is not possible; wanted minute, hour, day"],
  ["{ usd: 5 }", "per", "missing; wanted minute, hour, day"],
  ["{ usd: 5, per: 500d rolling }", "per", "is not possible; wanted minute"],
  ["{ usd: 5, per: 24h rolling, timeZone: UTC }", "timeZone", "nothing here: only periods of the calendar"],
  ["{ usd: 5, per: total, timeZone: UTC }", "timeZone", "nothing here: only periods of the calendar"],
  ["{ usd: 5, per: day, timeZone: Europe/Berlni }", "timeZone", 'did you mean "Europe/Berlin"?'],
  ["{ usd: 5, per: day, timezone: UTC }", "timezone", 'did you mean "timeZone"?'],
])("the budget %s is refused at its %s", async (budget, setting, why) => {
  const found = await told(`keys: [{ name: k, value: sk-db-0123456789-0123456789, budgets: [${budget}] }]`);
  expect(found).toEqual([expect.stringContaining(`keys[0].budgets[0].${setting}: `)]);
  expect(found[0]).toContain(why);
});

test.each([
  ["rates: [{ per: minute }]", "rates[0]: ", "at least one of requests, inputTokens"],
  ["rates: [{ requests: 5, per: month }]", "rates[0].per: ", "wanted second, minute, hour, day"],
  ["rates: [{ requests: 0.5, per: day }]", "rates[0].requests: ", "wanted a whole number from 0 on"],
  ["rates: [{ requests: 2m, per: day }]", "rates[0].requests: ", "such as 60, 500k or 2M"],
  ["parallel: 0", "parallel: ", "wanted a whole number from 1 on"],
  ["maxTokens: -5", "maxTokens: ", "wanted a whole number from 1 on"],
  ["maxCost: cheap", "maxCost: ", "wanted USD from 0"],
  ["tools: { forbidden: remove }", "tools.forbidden: ", "nothing here without allow or deny"],
  ["expires: 2027-02-30", "expires: ", "wanted a day such as 2027-01-31"],
  ["expires: 2027-02-03T10:00:00", "expires: ", "or a moment such as"],
  ["addresses: [10.0.0.1/8]", "addresses[0]: ", "names one address of its range"],
  ["endpoints: [chats]", "endpoints[0]: ", "wanted one of messages, count_tokens"],
  ["tags: { 'a b': x }", 'tags["a b"]: ', "not possible as a tag's name"],
  ["budgets: [{ usd: 1, per: day }, { usd: 2, per: day }]", "budgets[1]: ", "keep the smaller one"],
])("a key with %s is refused", async (settings, place, why) => {
  const found = await told(`keys: [{ name: k, value: sk-db-0123456789-0123456789, ${settings} }]`);
  expect(found).toEqual([expect.stringContaining(`keys[0].${place}`)]);
  expect(found[0]).toContain(why);
});

test("every problem of a hierarchy is told at once, where it stands, beside what the schema refuses", async () => {
  const text = `
server: { trustedProxies: [10.0.0.1/8] }
providers: { openai: { limits: { budgets: [{ usd: 1, per: day }, { usd: 2, per: day }] } } }
teams:
  payments: { customer: acne, budgets: [{ usd: lots, per: day }], parallel: 4 }
  ops: { providerLimits: { opnai: { parallel: 2 } }, providers: { deny: [opena] } }
customers: { acme: { regions: ["a?"] } }
users: { alice: { team: payment }, " bob": {} }
keys:
  - { name: a, value: sk-db-0123456789-0123456789, user: alice, team: ops }
  - { name: b, value: sk-db-0123456789-0123456789, previous: { value: sk-db-1123456789-0123456789 } }
  - { name: a, value: sk-db-2123456789-0123456789, user: "\${USER_NAME}" }
`;
  expect(await told(text, { USER_NAME: "hidden" })).toEqual([
    'c:2:28: server.trustedProxies[0]: "10.0.0.1/8" names one address of its range; give the range\'s first, or the address without /8',
    "c:3:66: providers.openai.limits.budgets[1]: limits the same within the same window as limit 1; keep the smaller one",
    'c:5:25: teams.payments.customer: there is no customer "acne"; did you mean "acme"?',
    'c:5:48: teams.payments.budgets[0].usd: "lots" is not possible; wanted USD from 0 to 9007199 with at most nine digits behind the point, such as 500 or 2.50',
    'c:6:35: teams.ops.providerLimits.opnai: there is no provider "opnai"; did you mean "openai"?',
    'c:6:74: teams.ops.providers.deny[0]: there is no provider "opena"; did you mean "openai"?',
    'c:7:32: customers.acme.regions[0]: the pattern "a?" contains "?"; the only wildcard is *, for any characters',
    'c:8:25: users.alice.team: there is no team "payment"; did you mean "payments"?',
    'c:8:36: users[" bob"]: " bob" is not possible as a name; give 1 to 128 characters without control characters and spaces at the ends',
    "c:10:71: keys[0].team: a key hangs on one level; leave team out, or name the team where the user is",
    'c:11:23: keys[1].value: key "b" has the value of key "a"; give each its own',
    "c:11:62: keys[1].previous.until: missing; wanted a day such as 2027-01-31, or a moment such as 2027-01-31T18:00:00Z",
    'c:12:13: keys[2].name: "a" is also the name of keys[0]; rename one',
    'c:12:58: keys[2].user: "${USER_NAME}" gives something that is not possible; wanted text',
  ]);
});

test("a limit above the same one of a level above, of the whole or of the provider is refused, and both are named", async () => {
  const text = `
providers: { openai: { limits: { parallel: 4 } } }
customers: { acme: { maxTokens: 8k } }
teams: { payments: { customer: acme, budgets: [{ usd: 100, per: month }], rates: [{ requests: 5, per: minute }] } }
users:
  alice:
    team: payments
    budgets: [{ usd: 10, per: day }, { usd: 200, per: month }]
    rates: [{ requests: 6, totalTokens: 1k, per: minute }, { requests: 6, per: second }]
keys:
  - name: laptop
    user: alice
    value: sk-db-0123456789-0123456789
    maxTokens: 16k
    providerLimits: { openai: { parallel: 5, budgets: [{ usd: 100.01, per: month }] } }
`;
  const counts = (title: string): string =>
    `, which counts for it as well; lower it, leave it out, or raise that of ${title}`;
  expect(await told(text)).toEqual([
    "c:8:38: users.alice.budgets[1]: user alice may use 200.00 USD a month (UTC), more than team payments with " +
      `100.00 USD a month (UTC)${counts("team payments")}`,
    "c:9:13: users.alice.rates[0]: user alice may use 6 requests in any minute, more than team payments with " +
      `5 requests in any minute${counts("team payments")}`,
    "c:14:16: keys[0].maxTokens: key laptop may use 16000 output tokens in one request, more than customer acme with " +
      `8000 output tokens in one request${counts("customer acme")}`,
    "c:15:43: keys[0].providerLimits.openai.parallel: key laptop at openai may use 5 requests at once, more " +
      `than provider openai with 4 requests at once${counts("provider openai")}`,
    "c:15:56: keys[0].providerLimits.openai.budgets[0]: key laptop at openai may use 100.01 USD a month (UTC), more " +
      `than team payments with 100.00 USD a month (UTC)${counts("team payments")}`,
  ]);
});

test("a limit that a lower one of a longer window covers is a warning that names both", async () => {
  const text = `
teams: { payments: { budgets: [{ usd: 40, per: month }] } }
users: { alice: { team: payments, budgets: [{ usd: 50, per: day }] } }
`;
  expect(await told(text)).toEqual([
    "c:3:45: users.alice.budgets[0]: user alice may use 50.00 USD a day (UTC), more than team payments with " +
      "40.00 USD a month (UTC), so this limit never ends a request; lower it or leave it out",
  ]);
});

test("names of providers are not checked where the gateway finds its providers itself", async () => {
  expect(
    await told("teams: { a: { providerLimits: { openai: { parallel: 2 } }, providers: { allow: [ollama] } } }"),
  ).toEqual([]);
});

test("a key that has expired is told, one that was revoked or has time left is not", async () => {
  const value = "sk-db-0123456789-0123456789";
  const keys = `keys:
  - { name: past, value: ${value}1, expires: 2026-11-30 }
  - { name: soon, value: ${value}2, expires: 2026-12-01 }
  - { name: gone, value: ${value}3, expires: 2026-11-01, revoked: 2026-10-01 }
`;
  expect(await told(keys)).toEqual([
    'c:2:65: keys[0].expires: key "past" has expired and is refused; give it a later day, or take it out',
  ]);
});
