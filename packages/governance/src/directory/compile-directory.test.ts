import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Limit } from "../limits/limit.ts";
import { hmacKeyHasher } from "../node/hmac-key-hasher.ts";
import { compileDirectory } from "./compile-directory.ts";
import type { Directory } from "./directory.ts";
import type { DirectoryRules, KeyRules } from "./directory-rules.ts";
import type { Principal } from "./principal.ts";

const hasher = hmacKeyHasher(new Uint8Array(32).fill(7));
const aliceKey = "sk-db-alice-0123456789abcdef";
const bobKey = "sk-db-bob-0123456789abcdef";
const now = Date.UTC(2026, 10, 30);
const hour = 3_600_000;

function key(name: string, token: string, more: Partial<KeyRules> = {}): KeyRules {
  return { name, digest: hasher.digest(token), ...more };
}

function directory(rules: DirectoryRules): Directory {
  return compileDirectory(rules, { hasher });
}

function monthly(usd: number): Limit {
  return { of: "nanoUsd", amount: usd * 1e9, window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } };
}

function parallel(amount: number): Limit {
  return { of: "requests", amount, window: { kind: "parallel" } };
}

function principalFor(of: Directory, token: string): Principal {
  const decision = of.authenticate([token], { address: "10.1.2.3", atMs: now });
  if (!decision.allowed) throw new Error(decision.reason);
  return decision.value;
}

const acme = directory({
  customers: [{ name: "acme", limits: [monthly(5_000)], tags: { plan: "gold", region: "eu" } }],
  teams: [
    {
      name: "payments",
      customer: "acme",
      policy: { models: { deny: ["*opus*"] } },
      providerLimits: { openai: [monthly(100)] },
      tags: { region: "us", cost_centre: "4711" },
    },
  ],
  users: [{ name: "alice", team: "payments", limits: [monthly(50), parallel(8)] }],
  keys: [
    key("alice-laptop", aliceKey, {
      user: "alice",
      limits: [parallel(4)],
      policy: { models: { allow: ["claude-*"] } },
      providerLimits: { openai: [parallel(2)], gpu: [] },
    }),
    key("lonely", bobKey),
  ],
  providers: [{ name: "openai", limits: [parallel(100)] }, { name: "gpu" }],
});

test.each<{ team?: KeyRules["terms"]; user?: KeyRules["terms"]; own?: KeyRules["terms"]; terms: object }>([
  { terms: {} },
  { team: { mode: "strict" }, own: { mode: "incremental" }, terms: { mode: "strict" } },
  {
    user: { mode: "incremental" },
    own: { mode: "strict", whenSpent: "run" },
    terms: { mode: "strict", whenSpent: "run" },
  },
  { team: { whenSpent: "run" }, user: { whenSpent: "cut" }, own: { whenSpent: "run" }, terms: { whenSpent: "cut" } },
  { team: { mode: "incremental" }, terms: { mode: "incremental" } },
])("of the terms of a team, a user and a key the strictest count: %j", ({ team, user, own, terms }) => {
  const of = directory({
    teams: [{ name: "payments", terms: team }],
    users: [{ name: "alice", team: "payments", terms: user }],
    keys: [key("laptop", aliceKey, { user: "alice", terms: own })],
  });
  expect(principalFor(of, aliceKey).terms).toEqual(terms);
});

test("a principal has the names, tags, policies and limits of every level above its key, the highest first", () => {
  const principal = principalFor(acme, aliceKey);
  expect(principal).toMatchObject({
    keyId: expect.stringMatching(/^key_[\w-]{12}$/),
    keyName: "alice-laptop",
    user: "alice",
    team: "payments",
    customer: "acme",
    partition: "customer acme",
    tags: { plan: "gold", region: "us", cost_centre: "4711" },
  });
  expect(principal.policies.map(({ of }) => of)).toEqual(["team payments", "key alice-laptop"]);
  expect(principal.scopes.map(({ id }) => id)).toEqual(["customer acme", "user alice", "key alice-laptop"]);
  expect(principal.scopes[1]?.rules.map(({ limit }) => limit)).toEqual([monthly(50), parallel(8)]);
});

test("what goes to one provider has the limits of each level on that provider, and the provider its own", () => {
  const principal = principalFor(acme, aliceKey);
  expect(principal.scopesAt("openai").map(({ id }) => id)).toEqual([
    "team payments at openai",
    "key alice-laptop at openai",
  ]);
  expect(principal.scopesAt("openai")).toBe(principal.scopesAt("openai"));
  expect(principal.scopesAt("gpu")).toEqual([]);
  expect(principal.scopesAt("constructor")).toEqual([]);
  expect(acme.providerScope("openai")?.id).toBe("provider openai");
  expect(acme.providerScope("gpu")).toBeUndefined();
});

test("a key that hangs on nothing is its own tenant", () => {
  expect(principalFor(acme, bobKey)).toMatchObject({ partition: "key lonely", scopes: [], policies: [], tags: {} });
  expect(principalFor(acme, bobKey).team).toBeUndefined();
});

test("a key can hang on a team or a customer without a user", () => {
  const robots = directory({
    customers: [{ name: "acme" }],
    teams: [{ name: "ci", limits: [parallel(3)] }],
    keys: [key("build", aliceKey, { team: "ci" }), key("acme-batch", bobKey, { customer: "acme" })],
  });
  expect(principalFor(robots, aliceKey)).toMatchObject({ team: "ci", user: undefined, partition: "team ci" });
  expect(principalFor(robots, bobKey)).toMatchObject({ customer: "acme", partition: "customer acme" });
});

const gated = directory({
  teams: [{ name: "closed", disabled: true }],
  users: [{ name: "carol", team: "closed" }],
  keys: [
    key("off", "sk-off", { disabled: true }),
    key("old", "sk-old", { expiresAtMs: now - 1 }),
    key("ended", "sk-ended", { expiresAtMs: now }),
    key("gone", "sk-gone", { revokedAtMs: now }),
    key("later", "sk-later", { expiresAtMs: now + 1, revokedAtMs: now + 1 }),
    key("carol", "sk-carol", { user: "carol" }),
    key("turned", "sk-new", { previous: { digest: hasher.digest("sk-before"), untilMs: now + hour } }),
    key("overdue", "sk-newest", { previous: { digest: hasher.digest("sk-overdue"), untilMs: now } }),
    key("office", "sk-office", { addresses: ["10.0.0.0/8", "2001:db8::/32"] }),
  ],
});

test.each([
  { kind: "no key", tokens: [], code: "missing-key", reason: /ANTHROPIC_AUTH_TOKEN/ },
  { kind: "an empty key", tokens: [""], code: "missing-key", reason: /ANTHROPIC_AUTH_TOKEN/ },
  { kind: "a wrong key", tokens: ["sk-db-wrong"], code: "unknown-key", reason: /not known here/ },
  { kind: "a key with something behind it", tokens: ["sk-new "], code: "unknown-key", reason: /not known here/ },
  { kind: "a digest", tokens: [hasher.digest("sk-new")], code: "unknown-key", reason: /not known here/ },
  { kind: "Anthropic's own key", tokens: ["sk-ant-api03-x"], code: "unknown-key", reason: /Anthropic's own/ },
  { kind: "a disabled key", tokens: ["sk-off"], code: "disabled-key", reason: /"off" is disabled/ },
  {
    kind: "an expired key",
    tokens: ["sk-old"],
    code: "expired-key",
    reason: /"old" expired at 2026-11-29T23:59:59.999Z/,
  },
  { kind: "a key in the instant that it ends", tokens: ["sk-ended"], code: "expired-key", reason: /"ended" expired/ },
  { kind: "a revoked key", tokens: ["sk-gone"], code: "revoked-key", reason: /"gone" was revoked at 2026-11-30T00:00/ },
  { kind: "a key below a disabled team", tokens: ["sk-carol"], code: "disabled-key", reason: /belongs to team closed/ },
  { kind: "a replaced value after its overlap", tokens: ["sk-overdue"], code: "expired-key", reason: /was replaced/ },
  {
    kind: "a key from elsewhere",
    tokens: ["sk-office"],
    code: "address-not-allowed",
    reason: /the address 192\.0\.2\.1/,
  },
])("refuses $kind with what to do about it", ({ tokens, code, reason }) => {
  const decision = gated.authenticate(tokens, { address: "192.0.2.1", atMs: now });
  expect(decision).toMatchObject({ allowed: false, code, reason: expect.stringMatching(reason) });
});

test.each(["sk-later", "sk-new", "sk-before", "sk-newest"])("takes %s as long as it is valid", (token) => {
  expect(gated.authenticate([token], { address: undefined, atMs: now }).allowed).toBe(true);
});

test.each([
  ["10.200.0.1", true],
  ["::ffff:10.200.0.1", true],
  ["2001:db8:1::5", true],
  ["2001:db9::5", false],
  ["11.0.0.1", false],
  [undefined, false],
])("a key for the office is taken from %s: %s", (address, taken) => {
  expect(gated.authenticate(["sk-office"], { address, atMs: now }).allowed).toBe(taken);
});

test("both values of a rotated key are the same key", () => {
  expect(principalFor(gated, "sk-before")).toBe(principalFor(gated, "sk-new"));
});

test("of several keys the first that is taken counts, and a refusal that knows one is told before others", () => {
  const from = { address: undefined, atMs: now };
  expect(gated.authenticate(["sk-db-wrong", "sk-new"], from)).toMatchObject({ value: { keyName: "turned" } });
  expect(gated.authenticate(["sk-off", "sk-ant-oat01-x"], from)).toMatchObject({ code: "disabled-key" });
  expect(gated.authenticate(["sk-ant-oat01-x", "sk-off"], from)).toMatchObject({ code: "disabled-key" });
});

test("a refusal never repeats the key, and no plaintext can be found in a directory", () => {
  const refusal = gated.authenticate(["sk-db-mistyped-secret"], { address: undefined, atMs: now });
  expect(JSON.stringify(refusal)).not.toContain("mistyped-secret");
  const everything =
    inspect(acme, { depth: 20, showHidden: true }) + inspect(principalFor(acme, aliceKey), { depth: 9 });
  expect(everything).not.toContain(aliceKey);
});

test("what a directory grants cannot be changed afterwards", () => {
  const principal = principalFor(acme, aliceKey);
  expect(() => Object.assign(principal, { keyName: "root" })).toThrow(TypeError);
  expect(() => Object.assign(principal.policies, { length: 0 })).toThrow(TypeError);
  expect(() => Object.assign(principal.scopes, { length: 0 })).toThrow(TypeError);
  expect(() => Object.assign(principal.tags, { plan: "free" })).toThrow(TypeError);
});

test("a principal is found by the name of its key, also of one that is not taken", () => {
  expect(gated.principalOf("off")?.keyName).toBe("off");
  expect(gated.principalOf("nobody")).toBeUndefined();
});

test("a stored id stays, and another hash key makes other digests", () => {
  const own = directory({ keys: [key("alice", aliceKey, { id: "k_7" })] });
  expect(principalFor(own, aliceKey).keyId).toBe("k_7");
  expect(own.size).toBe(1);
  const other = compileDirectory({ keys: [key("alice", aliceKey)] }, { hasher: hmacKeyHasher(new Uint8Array(32)) });
  expect(other.authenticate([aliceKey], { address: undefined, atMs: now }).allowed).toBe(false);
});

test("a directory with problems is not made, and the error tells them all", () => {
  expect(() =>
    directory({ keys: [key("a", aliceKey, { user: "nobody" }), key("a", bobKey, { expiresAtMs: Number.NaN })] }),
  ).toThrow(
    /^keys\.1\.name: "a" is also .*\nkeys\.0\.user: there is no user "nobody".*\nkeys\.1\.expiresAtMs: key "a" has the time NaN/s,
  );
});

test.runIf(process.env["DRAWBRIDGE_CAMPAIGN"] === "1")(
  "a million keys take at most 64 bytes each beside their rules",
  () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    const heap = (): number => {
      if (typeof collect === "function") collect();
      return process.memoryUsage().heapUsed;
    };
    const count = 1_000_000;
    const keys = Array.from({ length: count }, (_, index) =>
      key(`key-${index}`, `sk-db-${index}`, { user: `user-${index % 1_000}` }),
    );
    const users = Array.from({ length: 1_000 }, (_, index) => ({ name: `user-${index}` }));
    const before = heap();
    const large = directory({ users, keys });
    const bytes = (heap() - before) / count;
    for (let index = 0; index < count; index += 10) principalFor(large, `sk-db-${index}`);
    const used = (heap() - before) / count;
    for (const each of [bytes, used]) {
      expect(each).toBeGreaterThan(16);
      expect(each).toBeLessThan(64);
    }
    // Without this all of it could be collected before the last look.
    expect([large.size, keys.length, users.length]).toEqual([count, count, 1_000]);
  },
  120_000,
);
