import { inspect } from "node:util";
import { expect, test } from "vitest";
import { hmacKeyHasher } from "../node/hmac-key-hasher.ts";
import { createKeyRing, type KeyEntry } from "./key-ring.ts";

const hasher = hmacKeyHasher(new Uint8Array(32).fill(7));
const aliceKey = "sk-db-alice-0123456789abcdef";
const bobKey = "sk-db-bob-0123456789abcdef";

function entry(name: string, token: string, more: Partial<KeyEntry> = {}): KeyEntry {
  return { name, digest: hasher.digest(token), ...more };
}

const ring = createKeyRing({
  hasher,
  keys: [
    entry("alice", aliceKey, { policy: { models: { allow: ["claude-*"] } } }),
    entry("bob", bobKey, { disabled: true }),
  ],
});

test("a known key is told whose it is and what it may do", () => {
  const decision = ring.authenticate(aliceKey);
  expect(decision).toMatchObject({ allowed: true, value: { keyName: "alice", keyId: /^key_[\w-]{12}$/ } });
  if (!decision.allowed) throw new Error(decision.reason);
  expect(decision.value.policy.models.allow.map(({ pattern }) => pattern)).toEqual(["claude-*"]);
});

test.each([
  { kind: "no key", token: undefined, code: "missing-key", reason: /ANTHROPIC_AUTH_TOKEN/ },
  { kind: "an empty key", token: "", code: "missing-key", reason: /ANTHROPIC_AUTH_TOKEN/ },
  { kind: "a wrong key", token: "sk-db-wrong", code: "unknown-key", reason: /not known here/ },
  {
    kind: "a key that differs in one letter",
    token: `${aliceKey.slice(0, -1)}g`,
    code: "unknown-key",
    reason: /not known here/,
  },
  { kind: "a key with something behind it", token: `${aliceKey} `, code: "unknown-key", reason: /not known here/ },
  { kind: "a digest instead of a key", token: hasher.digest(aliceKey), code: "unknown-key", reason: /not known here/ },
  { kind: "Anthropic's own key", token: "sk-ant-api03-something", code: "unknown-key", reason: /Anthropic's own/ },
  { kind: "a disabled key", token: bobKey, code: "disabled-key", reason: /"bob" is disabled/ },
])("refuses $kind with what to do about it", ({ token, code, reason }) => {
  const decision = ring.authenticate(token);
  expect(decision).toMatchObject({ allowed: false, code });
  expect(!decision.allowed && decision.reason).toMatch(reason);
});

test("a refusal never repeats the key", () => {
  expect(JSON.stringify(ring.authenticate("sk-db-mistyped-secret"))).not.toContain("mistyped-secret");
});

test("no plaintext can be found in a ring", () => {
  const everything = inspect(ring, { depth: 20, showHidden: true }) + JSON.stringify(ring.authenticate(aliceKey));
  expect(everything).not.toContain(aliceKey);
});

test("what a ring grants cannot be changed afterwards", () => {
  const decision = ring.authenticate(aliceKey);
  if (!decision.allowed) throw new Error(decision.reason);
  expect(() => Object.assign(decision.value, { keyName: "root" })).toThrow(TypeError);
  expect(() => Object.assign(decision.value.policy.models, { allow: [] })).toThrow(TypeError);
});

test("refuses two keys with one name, one value or one id, by name and without the value", () => {
  const twice = (...keys: KeyEntry[]): (() => unknown) => {
    return () => createKeyRing({ hasher, keys });
  };
  expect(twice(entry("a", aliceKey), entry("a", bobKey))).toThrow(/two keys are named "a"/);
  expect(twice(entry("a", aliceKey), entry("b", aliceKey))).toThrow(/key "b" has the value of another key/);
  expect(twice(entry("a", aliceKey, { id: "k1" }), entry("b", bobKey, { id: "k1" }))).toThrow(/id k1/);
});

test("a stored id stays, and another hash key makes other digests", () => {
  const own = createKeyRing({ hasher, keys: [entry("alice", aliceKey, { id: "k_7" })] });
  expect(own.authenticate(aliceKey)).toMatchObject({ value: { keyId: "k_7" } });
  expect(own.size).toBe(1);
  const other = hmacKeyHasher(new Uint8Array(32).fill(8));
  expect(other.digest(aliceKey)).not.toBe(hasher.digest(aliceKey));
  expect(createKeyRing({ hasher: other, keys: [entry("alice", aliceKey)] }).authenticate(aliceKey).allowed).toBe(false);
});
