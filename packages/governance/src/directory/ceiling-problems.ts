import { describeLimit } from "../limits/explain-refusal.ts";
import { liesWithin } from "../limits/lies-within.ts";
import type { Limit } from "../limits/limit.ts";
import { limitProblem, windowKeyOf } from "../limits/limit-scope.ts";
import type { Report } from "./directory-problems.ts";
import type { DirectoryRules, KeyRules, LevelRules, ProviderRules, TeamRules, UserRules } from "./directory-rules.ts";

interface Place {
  readonly title: string;
  readonly level: LevelRules;
  readonly above: Place | undefined;
}

/** The limits of somebody, by whom they are told apart in a sentence. */
interface Limits {
  readonly title: string;
  readonly limits: readonly Limit[] | undefined;
}

/**
 * Warns of limits that never end a request, because another on the same, at the same level, at a higher one or at the
 * provider, is lower and has a window that is as long. It is no error, or nobody could lower a team's budget without
 * touching all of its members.
 */
export function ceilingProblems(rules: DirectoryRules, warn: Report): void {
  const customers = named("customer", rules.customers, () => undefined);
  const teams = named("team", rules.teams, ({ customer }: TeamRules) => get(customers, customer));
  const users = named("user", rules.users, ({ team }: UserRules) => get(teams, team));
  const providers = new Map((rules.providers ?? []).map((provider) => [provider.name, provider]));
  const ownerOf = (key: KeyRules): Place | undefined =>
    get(users, key.user) ?? get(teams, key.team) ?? get(customers, key.customer);
  for (const [kind, places] of [
    ["customers", customers],
    ["teams", teams],
    ["users", users],
  ] as const) {
    for (const [index, { name }] of (rules[kind] ?? []).entries()) {
      check(get(places, name), { path: [kind, index], providers, warn });
    }
  }
  for (const [index, key] of (rules.keys ?? []).entries()) {
    const place = { title: `key ${key.name}`, level: key, above: ownerOf(key) };
    check(place, { path: ["keys", index], providers, warn });
  }
  for (const [index, provider] of (rules.providers ?? []).entries()) {
    const own = limitsOf(provider);
    compare(own, [own], (at, message) => warn(["providers", index, "limits", at], message));
  }
}

function named<Rules extends LevelRules>(
  kind: string,
  levels: readonly Rules[] = [],
  ownerOf: (level: Rules) => Place | undefined,
): Map<string, Place> {
  return new Map(levels.map((level) => [level.name, { title: `${kind} ${level.name}`, level, above: ownerOf(level) }]));
}

function get(places: ReadonlyMap<string, Place>, name: string | undefined): Place | undefined {
  return name === undefined ? undefined : places.get(name);
}

function limitsOf({ name, limits }: ProviderRules): Limits {
  return { title: `provider ${name}`, limits };
}

interface Check {
  readonly path: readonly (string | number)[];
  readonly providers: ReadonlyMap<string, ProviderRules>;
  readonly warn: Report;
}

function check(place: Place | undefined, { path, providers, warn }: Check): void {
  if (place?.level.limits === undefined && place?.level.providerLimits === undefined) return;
  const places = withAbove(place);
  const whole = places.map(({ title, level }): Limits => ({ title, limits: level.limits }));
  const [own] = whole;
  if (own !== undefined) compare(own, whole, (index, message) => warn([...path, "limits", index], message));
  for (const provider of Object.keys(place.level.providerLimits ?? {})) {
    const there = places.map(({ title, level }): Limits => {
      return { title: `${title} at ${provider}`, limits: level.providerLimits?.[provider] };
    });
    const global = providers.get(provider);
    const ceilings = [...there, ...whole, ...(global === undefined ? [] : [limitsOf(global)])];
    const [ownThere] = there;
    if (ownThere === undefined) continue;
    compare(ownThere, ceilings, (index, message) => warn([...path, "providerLimits", provider, index], message));
  }
}

/** A place and all above it, the lowest first. */
function withAbove(place: Place): readonly Place[] {
  return place.above === undefined ? [place] : [place, ...withAbove(place.above)];
}

function compare(own: Limits, ceilings: readonly Limits[], warn: (index: number, message: string) => void): void {
  for (const [index, limit] of (own.limits ?? []).entries()) {
    // What is wrong in itself is told as such.
    const found = limitProblem(limit) === undefined ? lowerOne(limit, own, ceilings) : undefined;
    if (found === undefined) continue;
    const message = `${own.title} may use ${describeLimit(limit)}, more than ${found.title} with ${describeLimit(found.limit)}`;
    warn(index, `${message}, so this limit never ends a request; lower it or leave it out`);
  }
}

function lowerOne(limit: Limit, own: Limits, ceilings: readonly Limits[]): { title: string; limit: Limit } | undefined {
  for (const { title, limits = [] } of ceilings) {
    const lower = limits.find((other) => {
      const isLower = other.of === limit.of && other.amount < limit.amount && liesWithin(limit.window, other.window);
      // Two with one window on one level are an error already.
      const isTwin = limits === own.limits && windowKeyOf(other.window) === windowKeyOf(limit.window);
      return isLower && !isTwin && limitProblem(other) === undefined;
    });
    if (lower !== undefined) return { title, limit: lower };
  }
  return undefined;
}
