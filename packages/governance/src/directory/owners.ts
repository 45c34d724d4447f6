import { boundedCache } from "./bounded-cache.ts";
import type { DirectoryRules, LevelRules } from "./directory-rules.ts";
import { type LevelKind, type Standing, standingOf } from "./standing.ts";

/** Whatever hangs on a level above. */
export interface Owned {
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly customer?: string | undefined;
}

/** So many levels are kept ready. */
const mostReady = 20_000;

/** Gives the standing of the level that a key, user or team hangs on; undefined for one that hangs on none. */
export function owners(rules: DirectoryRules): (owned: Owned) => Standing | undefined {
  const levels = {
    customer: byName<LevelRules & Owned>(rules.customers),
    team: byName<LevelRules & Owned>(rules.teams),
    user: byName<LevelRules & Owned>(rules.users),
  };
  const ready = boundedCache<string, Standing>(mostReady);

  function find(kind: Exclude<LevelKind, "key">, name: string | undefined): Standing | undefined {
    const level = name === undefined ? undefined : levels[kind].get(name);
    return level && ready.take(`${kind} ${level.name}`, () => standingOf(kind, level, ownerOf(level)));
  }
  function ownerOf({ user, team, customer }: Owned): Standing | undefined {
    return find("user", user) ?? find("team", team) ?? find("customer", customer);
  }
  return ownerOf;
}

function byName<Level extends LevelRules>(levels: readonly Level[] = []): ReadonlyMap<string, Level> {
  return new Map(levels.map((level) => [level.name, level]));
}
