import { GovernanceError, type Decision } from "../errors.ts";
import { compilePolicy, type Policy, type PolicyRules } from "../policy/policy.ts";
import type { KeyHasher } from "./key-hasher.ts";
import { keyPrefix } from "./mint-key.ts";

/** Who is asking, and under which policy. */
export interface Principal {
  /** Stable for the same key and hash key; tells nothing about the key. */
  readonly keyId: string;
  readonly keyName: string;
  readonly policy: Policy;
}

/** One key as it is stored: its digest, never itself. */
export interface KeyEntry {
  /** Default: made from the digest. */
  readonly id?: string;
  /** Shown in logs and messages; unique. */
  readonly name: string;
  /** What {@link KeyHasher} makes of the key. */
  readonly digest: string;
  readonly disabled?: boolean;
  readonly policy?: PolicyRules;
}

/** All keys of one moment. Immutable: a change makes another ring. */
export interface KeyRing {
  readonly size: number;
  /** Says whose `token` this is. `undefined` or empty stands for a request that carried none. */
  authenticate(token: string | undefined): Decision<Principal>;
}

/** What a {@link KeyRing} is made of. */
export interface KeyRingOptions {
  readonly hasher: KeyHasher;
  readonly keys: readonly KeyEntry[];
}

/** A ring of `keys`, found by digest in constant time. Throws a GovernanceError when a name, id or key comes twice. */
export function createKeyRing({ hasher, keys }: KeyRingOptions): KeyRing {
  const grants = grantsByDigest(keys);
  return {
    size: grants.size,
    authenticate(token) {
      if (token === undefined || token === "") return missingKey;
      return grants.get(hasher.digest(token)) ?? (token.startsWith("sk-ant-") ? foreignKey : unknownKey);
    },
  };
}

const idDigits = 12;

function grantsByDigest(keys: readonly KeyEntry[]): ReadonlyMap<string, Decision<Principal>> {
  const grants = new Map<string, Decision<Principal>>();
  const names = new Set<string>();
  const ids = new Set<string>();
  for (const key of keys) {
    const keyId = key.id ?? `key_${key.digest.slice(0, idDigits)}`;
    if (names.has(key.name)) throw duplicate(`two keys are named "${key.name}"`, "rename one");
    if (grants.has(key.digest)) throw duplicate(`key "${key.name}" has the value of another key`, "mint a new one");
    if (ids.has(keyId)) throw duplicate(`key "${key.name}" has the id ${keyId} of another key`, "give it its own");
    names.add(key.name);
    ids.add(keyId);
    grants.set(key.digest, grantOf(key, keyId));
  }
  return grants;
}

function grantOf(key: KeyEntry, keyId: string): Decision<Principal> {
  if (key.disabled === true) {
    const reason = `key "${key.name}" is disabled; ask whoever runs this gateway to enable it or for another`;
    return Object.freeze({ allowed: false, code: "disabled-key", reason });
  }
  const value = Object.freeze({ keyId, keyName: key.name, policy: compilePolicy(key.policy) });
  return Object.freeze({ allowed: true, value });
}

function duplicate(what: string, remedy: string): GovernanceError {
  return new GovernanceError("duplicate-key", `${what}; ${remedy}`);
}

const missingKey: Decision<Principal> = Object.freeze({
  allowed: false,
  code: "missing-key",
  reason:
    "the request carries no key; set ANTHROPIC_AUTH_TOKEN to your Drawbridge key " +
    "(it is read from x-api-key or Authorization: Bearer)",
});

const unknownKey: Decision<Principal> = Object.freeze({
  allowed: false,
  code: "unknown-key",
  reason:
    "this key is not known here; check ANTHROPIC_AUTH_TOKEN for a typo or an old key, " +
    "or ask whoever runs this gateway for a key",
});

const foreignKey: Decision<Principal> = Object.freeze({
  allowed: false,
  code: "unknown-key",
  reason:
    "this is a key of Anthropic's own, not one of this gateway; " +
    `set ANTHROPIC_AUTH_TOKEN to your Drawbridge key (${keyPrefix}…)`,
});
