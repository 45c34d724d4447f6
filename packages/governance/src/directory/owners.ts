import { GovernanceError } from "../errors.ts";
import { boundedCache, type BoundedCache } from "./bounded-cache.ts";
import type { LevelRules } from "./directory-rules.ts";
import { type LevelKind, type Standing, standingOf } from "./standing.ts";

/** Whatever hangs on a level above. */
export interface Owned {
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly customer?: string | undefined;
}

/** What others can hang on. */
export type OwnerKind = Exclude<LevelKind, "key">;

/** Where levels are found. */
export interface LevelSource<Level extends object> {
  /** A level by its name: the same object as long as nothing about it changes; undefined when there is none. */
  readonly findLevel: (kind: OwnerKind, name: string) => Level | undefined;
  readonly rulesOfLevel: (kind: OwnerKind, level: Level) => LevelRules & Owned;
  /** Throws where what a level says makes no sense by itself; absent where all were checked before. */
  readonly checkLevel?: (kind: OwnerKind, level: Level) => void;
}

/** What a level adds up to with what is above it. */
export interface Made {
  readonly above: Standing | undefined;
  readonly standing: Standing;
}

/** So many levels are kept ready. */
const mostReady = 20_000;

/** What levels add up to, to be kept beyond one directory. */
export function madeLevels(): BoundedCache<object, Made> {
  return boundedCache(mostReady);
}

/**
 * Gives the standing of the level that a key, user or team hangs on; undefined for one that hangs on none. Throws a
 * GovernanceError when it hangs on one that does not exist, since who knows what that would have allowed.
 */
export function owners<Level extends object>(
  { findLevel, rulesOfLevel, checkLevel }: LevelSource<Level>,
  made: BoundedCache<object, Made>,
): (owned: Owned) => Standing | undefined {
  const ready = boundedCache<string, Standing>(mostReady);

  function find(kind: OwnerKind, name: string | undefined): Standing | undefined {
    if (name === undefined) return undefined;
    return ready.take(`${kind} ${name}`, () => {
      const level = findLevel(kind, name);
      if (level === undefined) throw new GovernanceError("invalid-directory", `there is no ${kind} "${name}"`);
      const rules = rulesOfLevel(kind, level);
      const above = ownerOf(rules);
      const make = (): Made => {
        checkLevel?.(kind, level);
        return { above, standing: standingOf(kind, rules, above) };
      };
      return made.take(level, make, (known) => known.above === above).standing;
    });
  }
  function ownerOf({ user, team, customer }: Owned): Standing | undefined {
    return find("user", user) ?? find("team", team) ?? find("customer", customer);
  }
  return ownerOf;
}
