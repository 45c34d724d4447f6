import { expect, test } from "vitest";
import type { Limit } from "../limits/limit.ts";
import { directoryProblems } from "./directory-problems.ts";
import type { DirectoryRules } from "./directory-rules.ts";

function usd(amount: number): Limit {
  return { of: "nanoUsd", amount, window: { kind: "calendar", unit: "month", timeZone: "UTC" } };
}

function told(rules: DirectoryRules): readonly string[] {
  return directoryProblems(rules).map(
    ({ path, message, warning }) => `${warning ? "warning " : ""}${path.join(".")}: ${message}`,
  );
}

test("a whole and sound directory has no problems", () => {
  expect(
    told({
      customers: [{ name: "acme", limits: [usd(100)] }],
      teams: [{ name: "payments & co", customer: "acme", tags: { cost_centre: "47 11" } }],
      users: [{ name: "alice@example.com", team: "payments & co", limits: [usd(100)] }],
      keys: [{ name: "k", digest: "d", user: "alice@example.com", policy: { providers: { allow: ["open*"] } } }],
      providers: [{ name: "openai" }],
    }),
  ).toEqual([]);
});

test("terms that a store was sent in a form that is none are told", () => {
  const terms: object = { mode: "strickt", whenSpent: "run", when: "now" };
  expect(told({ teams: [{ name: "payments", terms }] })).toEqual([
    'teams.0.terms.mode: "strickt" is not possible; give one of strict, incremental',
    'teams.0.terms.when: there is no term "when"; known are mode, whenSpent',
  ]);
});

test("every problem is told at once, each with its place", () => {
  const rolling: Limit = { of: "totalTokens", amount: 1, window: { kind: "rolling", ms: 10 } };
  expect(
    told({
      customers: [{ name: "acme", limits: [usd(-1), usd(Number.NaN), usd(2 ** 60), usd(5), usd(6)] }, { name: "" }],
      teams: [{ name: "payments", customer: "acne", providerLimits: { opnai: [rolling] } }],
      users: [{ name: "alice", team: "ops", tags: { "a b": "x", note: "two\nlines" } }],
      keys: [
        { name: "one", digest: "d1", user: "alice", team: "payments" },
        { name: "one", digest: "d1", addresses: ["10.0.0.1/8"], expiresAtMs: -5 },
        { name: "two", digest: "d2", previous: { digest: "d1", untilMs: Number.NaN }, id: "k" },
        {
          name: "three",
          digest: "d3",
          id: "k",
          policy: { models: { deny: ["a?"] }, providers: { allow: ["openia"] } },
        },
      ],
      providers: [{ name: "openai", limits: [{ of: "inputTokens", amount: 1, window: { kind: "parallel" } }] }],
    }),
  ).toEqual([
    "providers.0.limits.0: the limit counts inputTokens in parallel; only requests can be",
    "customers.0.limits.0: the limit has the amount -1; give a whole number from 0 to 9007199254740991",
    "customers.0.limits.1: the limit has the amount NaN; give a whole number from 0 to 9007199254740991",
    "customers.0.limits.2: the limit has the amount 1152921504606847000; give a whole number from 0 to 9007199254740991",
    "customers.0.limits.4: limits the same within the same window as limit 4; keep the smaller one",
    'customers.1.name: "" is not possible as a name; give 1 to 128 characters without control characters and spaces at the ends',
    'teams.0.customer: there is no customer "acne"; did you mean "acme"?',
    'teams.0.providerLimits.opnai: there is no provider "opnai"; did you mean "openai"?',
    "teams.0.providerLimits.opnai.0: the limit rolls over 10 ms; give a whole number from 1000 (a second) to 31622400000 (366 days)",
    'users.0.team: there is no team "ops"; add it under "teams"',
    "users.0.tags.a b: is not possible as a tag's name; give up to 64 letters, digits, dots, - and _",
    "users.0.tags.note: has a value that is not possible; give up to 256 characters on one line",
    'keys.1.name: "one" is also the name of keys[0]; rename one',
    "keys.0.team: a key hangs on one level; leave team out, or name the team where the user is",
    'keys.3.policy.models.deny.0: the pattern "a?" contains "?"; the only wildcard is *, for any characters',
    'keys.3.policy.providers.allow.0: there is no provider "openia"; did you mean "openai"?',
    'keys.1.digest: key "one" has the value of key "one"; give each its own',
    'keys.3.id: key "three" has the id of key "two"; give each its own',
    'keys.2.previous.digest: key "two" has the value of key "one"; give each its own',
    'keys.1.expiresAtMs: key "one" has the time -5; give whole milliseconds since 1970',
    'keys.1.addresses.0: "10.0.0.1/8" names one address of its range; give the range\'s first, or the address without /8',
    'keys.2.previous.untilMs: key "two" has the time NaN; give whole milliseconds since 1970',
  ]);
});

test("a limit above the same one at a higher level is told as such, and both are named", () => {
  const rules: DirectoryRules = {
    customers: [{ name: "acme", limits: [usd(100e9)] }],
    teams: [{ name: "payments", customer: "acme", providerLimits: { openai: [usd(10e9)] } }],
    users: [{ name: "alice", team: "payments", limits: [usd(100e9 + 1)] }],
    keys: [
      {
        name: "k",
        digest: "d",
        user: "alice",
        limits: [usd(100e9)],
        providerLimits: { openai: [usd(11e9)], gpu: [usd(100e9)] },
      },
    ],
  };
  expect(told(rules)).toEqual([
    "warning users.0.limits.0: user alice may use 100.000000001 USD a month (UTC), more than customer acme with " +
      "100.00 USD a month (UTC), which counts for it as well; lower it, leave it out, or raise that of customer acme",
    "warning keys.0.providerLimits.openai.0: key k at openai may use 11.00 USD a month (UTC), more than " +
      "team payments at openai with 10.00 USD a month (UTC), which counts for it as well; lower it, leave it out, or " +
      "raise that of team payments at openai",
  ]);
  expect(directoryProblems(rules).every(({ isAboveParent }) => isAboveParent)).toBe(true);
});

test("a limit is measured by every other that covers its window: at its level, above, and at the provider", () => {
  const daily = (amount: number): Limit => ({
    of: "nanoUsd",
    amount,
    window: { kind: "calendar", unit: "day", timeZone: "UTC" },
  });
  const once = (amount: number): Limit => ({ of: "nanoUsd", amount, window: { kind: "request" } });
  const rules: DirectoryRules = {
    providers: [{ name: "openai", limits: [usd(50e9), daily(60e9)] }],
    teams: [{ name: "a", limits: [daily(71e9), usd(70e9)] }],
    keys: [
      { name: "k", digest: "d", team: "a", limits: [once(80e9)], providerLimits: { openai: [daily(55e9), once(5e9)] } },
    ],
  };
  expect(told(rules).map((text) => text.replace(/, so this.*/, ""))).toEqual([
    "warning teams.0.limits.0: team a may use 71.00 USD a day (UTC), more than team a with 70.00 USD a month (UTC)",
    "warning keys.0.limits.0: key k may use 80.00 USD in one request, more than team a with 71.00 USD a day (UTC)",
    "warning keys.0.providerLimits.openai.0: key k at openai may use 55.00 USD a day (UTC), more than provider openai " +
      "with 50.00 USD a month (UTC)",
    "warning providers.0.limits.1: provider openai may use 60.00 USD a day (UTC), more than provider openai with " +
      "50.00 USD a month (UTC)",
  ]);
});

test("a name cannot be that of somebody's limits at a provider", () => {
  expect(told({ teams: [{ name: "payments at openai" }, { name: "people at the office desk" }] })).toEqual([
    'teams.0.name: "payments at openai" is not possible as a name; " at …" at its end is kept for limits at a provider',
  ]);
});

test("an endpoint that does not exist is told with those that do", () => {
  // A store can hold what a later version knew.
  const rules: DirectoryRules = JSON.parse(
    '{ "keys": [{ "name": "k", "digest": "d", "policy": { "endpoints": ["chats"] } }] }',
  );
  expect(told(rules)).toEqual([
    'keys.0.policy.endpoints.0: there is no endpoint "chats"; known are messages, count_tokens, chat, responses, models',
  ]);
});
