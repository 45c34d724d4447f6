import type { Limit } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { LeaseTerms } from "../lease/lease-request.ts";
import { strictestTerms } from "../lease/strictest-terms.ts";
import { compilePolicy, type Policy } from "../policy/policy.ts";
import type { LevelRules } from "./directory-rules.ts";

/** Which level of the hierarchy. */
export type LevelKind = "customer" | "team" | "user" | "key";

/** What a level and all above it add up to. */
export interface Standing {
  readonly names: Readonly<Partial<Record<LevelKind, string>>>;
  /** The highest level. */
  readonly partition: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The strictest of all. */
  readonly terms: Partial<LeaseTerms>;
  /** The highest level first, as are the rest. */
  readonly policies: readonly Policy[];
  readonly scopes: readonly LimitScope[];
  readonly providerLimits: readonly ProviderLimits[];
  /** The highest level that is disabled, like `team payments`. */
  readonly disabled: string | undefined;
}

/** The limits that one level has on single providers. */
export interface ProviderLimits {
  /** The level, like `team payments`. */
  readonly title: string;
  readonly limits: Readonly<Record<string, readonly Limit[]>>;
}

/** A level below another, or at the top. */
export function standingOf(kind: LevelKind, level: LevelRules, above?: Standing): Standing {
  const title = `${kind} ${level.name}`;
  const { partition, names, tags, terms, policies, scopes, providerLimits, disabled } = above ?? topOf(title);
  const { limits = [], providerLimits: own } = level;
  return {
    names: { ...names, [kind]: level.name },
    partition,
    tags: level.tags === undefined ? tags : Object.freeze({ ...tags, ...level.tags }),
    terms: level.terms === undefined ? terms : Object.freeze(strictestTerms(terms, level.terms)),
    policies: withOwn(policies, policyOf(level, title)),
    scopes: withOwn(scopes, limits.length === 0 ? undefined : limitScope({ id: title, partition, limits })),
    providerLimits: withOwn(providerLimits, own && { title, limits: own }),
    disabled: disabled ?? (level.disabled === true ? title : undefined),
  };
}

const none: readonly never[] = Object.freeze([]);
const nothing = Object.freeze({});

/** Above the highest level there is nothing. */
function topOf(partition: string): Standing {
  return {
    names: {},
    partition,
    tags: nothing,
    terms: nothing,
    policies: none,
    scopes: none,
    providerLimits: none,
    disabled: undefined,
  };
}

function policyOf({ policy: rules }: LevelRules, title: string): Policy | undefined {
  const policy = rules && compilePolicy(rules, title);
  return policy?.permitsAll === true ? undefined : policy;
}

/** The list of the level above, which is shared as long as nothing comes to it. */
function withOwn<Item>(above: readonly Item[], own: Item | undefined): readonly Item[] {
  return own === undefined ? above : Object.freeze([...above, own]);
}
