import { type Decision, type Denial, GovernanceError } from "../errors.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import { type AddressRange, parseAddressRange } from "./address-range.ts";
import { boundedCache } from "./bounded-cache.ts";
import { directoryProblems } from "./directory-problems.ts";
import type { DirectoryRules, KeyRules } from "./directory-rules.ts";
import { addressRefusal, keyRefusal, levelRefusal, missingKey, type Presentation, unknownKey } from "./key-refusal.ts";
import type { Principal } from "./principal.ts";
import { principalOf } from "./principal-of.ts";
import { owners } from "./owners.ts";
import { standingOf } from "./standing.ts";

/** Everybody there is, of one moment. Immutable: a change makes another directory. */
export interface Directory {
  /** How many keys it has. */
  readonly size: number;
  /**
   * Says who presents these keys: the first that is taken counts. Of several refusals the one that knows the key is told.
   * No token, or only empty ones, stand for a request that carried none.
   */
  authenticate(tokens: readonly string[], from: Presentation): Decision<Principal>;
  /** The principal of a key by its name, whether it is taken or not; for dry runs. Looks through all keys. */
  principalOf(keyName: string): Principal | undefined;
  /** What a provider's limits on everybody are counted under; undefined when it has none. */
  providerScope(provider: string): LimitScope | undefined;
}

/** What a {@link Directory} needs beside its rules. */
export interface DirectoryOptions {
  readonly hasher: KeyHasher;
}

/**
 * Makes the rules ready to be asked. Keys are found by digest in constant time; who they belong to and what they may use
 * is put together when one is first used, so that a million keys cost little more than their rules.
 * Throws a GovernanceError `invalid-directory` that tells every problem at once.
 */
export function compileDirectory(rules: DirectoryRules, { hasher }: DirectoryOptions): Directory {
  checkRules(rules);
  const keys = rules.keys ?? [];
  const byDigest = digestsOf(keys);
  const admissionOf = admissions(rules);
  const providers = new Map(
    (rules.providers ?? []).flatMap(({ name, limits = [] }): [string, LimitScope][] =>
      limits.length === 0
        ? []
        : [[name, limitScope({ id: `provider ${name}`, partition: `provider ${name}`, limits })]],
    ),
  );
  return {
    size: keys.length,
    authenticate(tokens, from) {
      let denial: Denial | undefined;
      for (const token of tokens) {
        if (token === "") continue;
        const digest = hasher.digest(token, from.connection);
        const key = byDigest.get(digest);
        const decision = key === undefined ? refused(unknownKey(token)) : decide(key, digest, from);
        if (decision.allowed) return decision;
        if (denial === undefined || denial.code === "unknown-key") denial = decision;
      }
      return refused(denial ?? missingKey);
    },
    principalOf(keyName) {
      const key = keys.find(({ name }) => name === keyName);
      return key && admissionOf(key).principal;
    },
    providerScope: (provider) => providers.get(provider),
  };

  function decide(key: KeyRules, digest: string, from: Presentation): Decision<Principal> {
    const { principal, disabled, ranges } = admissionOf(key);
    const denial =
      keyRefusal(key, digest, from) ??
      (disabled === undefined ? addressRefusal(key, ranges, from) : levelRefusal(key, disabled));
    return denial === undefined ? { allowed: true, value: principal } : refused(denial);
  }
}

function refused({ code, reason }: Denial): Decision<never> {
  return { allowed: false, code, reason };
}

const mostShown = 50;

function checkRules(rules: DirectoryRules): void {
  const errors = directoryProblems(rules).filter(({ warning }) => !warning);
  if (errors.length === 0) return;
  const lines = errors.slice(0, mostShown).map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (errors.length > mostShown) lines.push(`and ${errors.length - mostShown} problems more`);
  throw new GovernanceError("invalid-directory", lines.join("\n"));
}

function digestsOf(keys: readonly KeyRules[]): ReadonlyMap<string, KeyRules> {
  const byDigest = new Map<string, KeyRules>();
  for (const key of keys) {
    byDigest.set(key.digest, key);
    if (key.previous !== undefined) byDigest.set(key.previous.digest, key);
  }
  return byDigest;
}

/** What is known of a key once it has been used. */
interface Admission {
  readonly principal: Principal;
  /** The highest level above the key that is disabled. */
  readonly disabled: string | undefined;
  readonly ranges: readonly AddressRange[];
}

/** So many keys are kept ready. */
const mostReady = 20_000;

function admissions(rules: DirectoryRules): (key: KeyRules) => Admission {
  const ownerOf = owners(rules);
  const ready = boundedCache<KeyRules, Admission>(mostReady);
  return (key) =>
    ready.take(key, () => {
      const owner = ownerOf(key);
      const principal = principalOf(key, standingOf("key", key, owner));
      return { principal, disabled: owner?.disabled, ranges: (key.addresses ?? []).flatMap(rangeOf) };
    });
}

/** The rules were checked, so there is none that is no range. */
function rangeOf(text: string): readonly AddressRange[] {
  const range = parseAddressRange(text);
  return typeof range === "string" ? [] : [range];
}
