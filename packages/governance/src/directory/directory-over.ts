import type { Decision, Denial } from "../errors.ts";
import type { KeyHasher } from "../keys/key-hasher.ts";
import type { Limit } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import { type AddressRange, parseAddressRange } from "./address-range.ts";
import { boundedCache, type BoundedCache } from "./bounded-cache.ts";
import type { Directory } from "./directory.ts";
import type { KeyRules } from "./directory-rules.ts";
import * as refusals from "./key-refusal.ts";
import type { KeyGate } from "./key-refusal.ts";
import { type LevelSource, type Made, madeLevels, owners } from "./owners.ts";
import { principalOf } from "./principal-of.ts";
import type { Principal } from "./principal.ts";
import { type Standing, standingOf } from "./standing.ts";

/** Where a directory finds who there is. Immutable. */
export interface DirectorySource<
  Key extends { readonly name: string },
  Level extends object,
> extends LevelSource<Level> {
  readonly size: number;
  /** The key that is known under a digest: the same object as long as nothing about it changes. */
  withDigest(digest: string): Key | undefined;
  named(name: string): Key | undefined;
  readonly rulesOf: (key: Key) => KeyRules;
  /** Throws where what a key says makes no sense by itself: then it is refused. */
  readonly checkKey?: (key: Key) => void;
  readonly limitsOf: (provider: string) => readonly Limit[];
}

/** What is needed beside that. */
export interface DirectoryOverOptions {
  readonly hasher: KeyHasher;
  /** Told of each key that is refused because what is kept about it, or about what it hangs on, makes no sense. */
  readonly onWrong?: ((key: string, reason: string) => void) | undefined;
}

/** What was put together once, for several directories that have much in common. */
export interface Prepared<Key> {
  readonly levels: BoundedCache<object, Made>;
  readonly keys: BoundedCache<Key, MadeKey>;
}

/** So many keys are kept ready. */
const mostReady = 20_000;

/** Nothing prepared yet. */
export function nothingPrepared<Key>(): Prepared<Key> {
  return { levels: madeLevels(), keys: boundedCache(mostReady) };
}

/**
 * The directory of a source. Who a key belongs to and what it may use is put together when it is first used, so to make
 * the directory costs nothing, however many keys there are; and what is `prepared` is put together again only where the key
 * or something above it has changed.
 */
export function directoryOver<Key extends { readonly name: string }, Level extends object>(
  source: DirectorySource<Key, Level>,
  options: DirectoryOverOptions,
  prepared: Prepared<Key> = nothingPrepared(),
): Directory {
  const { hasher } = options;
  const admissionOf = admissions(source, options, prepared);
  const ready = boundedCache<string, Admission | undefined>(mostReady);
  const scopeOf = providerScopes(source.limitsOf);
  return {
    size: source.size,
    authenticate(tokens, from) {
      let denial: Denial | undefined;
      for (const token of tokens) {
        if (token === "") continue;
        const digest = hasher.digest(token, from.connection);
        const admission = ready.take(digest, () => {
          const key = source.withDigest(digest);
          return key && admissionOf(key);
        });
        const decision =
          admission === undefined ? refused(refusals.unknownKey(token)) : decide(admission, { digest, from });
        if (decision.allowed) return decision;
        if (denial === undefined || denial.code === "unknown-key") denial = decision;
      }
      return refused(denial ?? refusals.missingKey);
    },
    principalOf(keyName) {
      const key = source.named(keyName);
      return key && admissionOf(key).principal;
    },
    providerScope: scopeOf,
  };
}

/** What is known of a key once it has been used. */
type Admission = Possible | { readonly principal: undefined; readonly denial: Denial };

interface Possible {
  readonly gate: KeyGate;
  readonly principal: Principal;
  /** The highest level above the key that is disabled. */
  readonly disabled: string | undefined;
  readonly ranges: readonly AddressRange[];
}

/** What is known of a key, and under what. */
interface MadeKey {
  readonly owner: Standing | undefined;
  readonly admission: Possible;
}

function admissions<Key extends { readonly name: string }, Level extends object>(
  source: DirectorySource<Key, Level>,
  { onWrong }: DirectoryOverOptions,
  { levels, keys }: Prepared<Key>,
): (key: Key) => Admission {
  const ownerOf = owners(source, levels);
  function possible(key: Key): Possible {
    const rules = source.rulesOf(key);
    const owner = ownerOf(rules);
    const make = (): MadeKey => {
      source.checkKey?.(key);
      return { owner, admission: admit(rules, owner) };
    };
    return keys.take(key, make, (known) => known.owner === owner).admission;
  }
  return (key) => {
    try {
      return possible(key);
    } catch (error) {
      onWrong?.(key.name, error instanceof Error ? error.message : String(error));
      return { principal: undefined, denial: refusals.impossibleKey(key) };
    }
  };
}

function admit(rules: KeyRules, owner: Standing | undefined): Possible {
  const principal = principalOf(rules, standingOf("key", rules, owner));
  return {
    gate: gateOf(rules),
    principal,
    disabled: owner?.disabled,
    ranges: (rules.addresses ?? []).flatMap(rangeOf),
  };
}

/** Keys are written down in many shapes, and what all have in one is read sooner. */
function gateOf({ name, digest, previous, expiresAtMs, revokedAtMs, disabled }: KeyRules): KeyGate {
  return { name, digest, previous, expiresAtMs, revokedAtMs, disabled };
}

/** The rules were checked, so there is none that is no range. */
function rangeOf(text: string): readonly AddressRange[] {
  const range = parseAddressRange(text);
  return typeof range === "string" ? [] : [range];
}

function decide(
  admission: Admission,
  { digest, from }: { readonly digest: string; readonly from: refusals.Presentation },
): Decision<Principal> {
  if (admission.principal === undefined) return refused(admission.denial);
  const { gate, principal, disabled, ranges } = admission;
  const denial =
    refusals.keyRefusal(gate, digest, from) ??
    (disabled === undefined ? refusals.addressRefusal(gate, ranges, from) : refusals.levelRefusal(gate, disabled));
  return denial === undefined ? { allowed: true, value: principal } : refused(denial);
}

function refused({ code, reason }: Denial): Decision<never> {
  return { allowed: false, code, reason };
}

const mostProviders = 1_000;

function providerScopes(limitsOf: (provider: string) => readonly Limit[]): Directory["providerScope"] {
  const ready = boundedCache<string, { readonly scope: LimitScope | undefined }>(mostProviders);
  return (provider) =>
    ready.take(provider, () => {
      const limits = limitsOf(provider);
      const id = `provider ${provider}`;
      return { scope: limits.length === 0 ? undefined : limitScope({ id, partition: id, limits }) };
    }).scope;
}
