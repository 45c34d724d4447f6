import { describeLimit } from "../limits/explain-refusal.ts";
import type { Limit } from "../limits/limit.ts";
import { windowKeyOf } from "../limits/limit-scope.ts";
import type { Report } from "./directory-problems.ts";
import type { DirectoryRules, KeyRules, LevelRules, TeamRules, UserRules } from "./directory-rules.ts";

interface Above {
  readonly title: string;
  readonly level: LevelRules;
  readonly above: Above | undefined;
}

/**
 * Warns of limits that lie above one of the same kind at a higher level: that one ends requests first, so they never do.
 * It is no error, or nobody could lower a team's budget without touching all of its members.
 */
export function ceilingProblems(rules: DirectoryRules, warn: Report): void {
  const customers = named("customer", rules.customers, () => undefined);
  const teams = named("team", rules.teams, ({ customer }: TeamRules) => get(customers, customer));
  const users = named("user", rules.users, ({ team }: UserRules) => get(teams, team));
  const ownerOf = (key: KeyRules): Above | undefined =>
    get(users, key.user) ?? get(teams, key.team) ?? get(customers, key.customer);
  for (const [index, { name }] of (rules.teams ?? []).entries()) check(get(teams, name), ["teams", index], warn);
  for (const [index, { name }] of (rules.users ?? []).entries()) check(get(users, name), ["users", index], warn);
  for (const [index, key] of (rules.keys ?? []).entries()) {
    check({ title: `key ${key.name}`, level: key, above: ownerOf(key) }, ["keys", index], warn);
  }
}

function named<Rules extends LevelRules>(
  kind: string,
  levels: readonly Rules[] = [],
  ownerOf: (level: Rules) => Above | undefined,
): Map<string, Above> {
  return new Map(levels.map((level) => [level.name, { title: `${kind} ${level.name}`, level, above: ownerOf(level) }]));
}

function get(levels: ReadonlyMap<string, Above>, name: string | undefined): Above | undefined {
  return name === undefined ? undefined : levels.get(name);
}

function check(place: Above | undefined, path: readonly (string | number)[], warn: Report): void {
  if (place?.level.limits === undefined && place?.level.providerLimits === undefined) return;
  const { title, level } = place;
  for (let higher = place.above; higher !== undefined; higher = higher.above) {
    compare({ title, limits: level.limits }, { title: higher.title, limits: higher.level.limits }, (index, message) =>
      warn([...path, "limits", index], message),
    );
    for (const [provider, limits] of Object.entries(level.providerLimits ?? {})) {
      const own = { title: `${title} at ${provider}`, limits };
      const theirs = { title: `${higher.title} at ${provider}`, limits: higher.level.providerLimits?.[provider] };
      compare(own, theirs, (index, message) => warn([...path, "providerLimits", provider, index], message));
    }
  }
}

interface Limits {
  readonly title: string;
  readonly limits: readonly Limit[] | undefined;
}

function compare(own: Limits, theirs: Limits, warn: (index: number, message: string) => void): void {
  for (const [index, limit] of (own.limits ?? []).entries()) {
    const ceiling = theirs.limits?.find(
      ({ of, window }) => of === limit.of && windowKeyOf(window) === windowKeyOf(limit.window),
    );
    if (ceiling === undefined || limit.amount <= ceiling.amount) continue;
    const message = `${own.title} may use ${describeLimit(limit)}, more than ${theirs.title} with ${describeLimit(ceiling)}`;
    warn(index, `${message}, so this limit never ends a request; lower it or leave it out`);
  }
}
