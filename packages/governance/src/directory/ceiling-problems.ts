import { describeLimit } from "../limits/explain-refusal.ts";
import { liesWithin } from "../limits/lies-within.ts";
import type { Limit, LimitWindow } from "../limits/limit.ts";
import { limitProblem, windowKeyOf } from "../limits/limit-scope.ts";
import type { DirectoryProblem } from "./directory-problems.ts";
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

/** Takes what is wrong with a limit that another covers; `isAbove` where that one has the same window at a level above. */
export type CeilingReport = (path: DirectoryProblem["path"], message: string, isAbove: boolean) => void;

/**
 * Tells of limits that never end a request, because another on the same, at the same level, at a higher one or at the
 * provider, is lower and has a window that is as long.
 */
export function ceilingProblems(rules: DirectoryRules, report: CeilingReport): void {
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
      check(get(places, name), { path: [kind, index], providers, report });
    }
  }
  for (const [index, key] of (rules.keys ?? []).entries()) {
    const place = { title: `key ${key.name}`, level: key, above: ownerOf(key) };
    check(place, { path: ["keys", index], providers, report });
  }
  for (const [index, provider] of (rules.providers ?? []).entries()) {
    const own = limitsOf(provider);
    compare(own, [own], { path: ["providers", index, "limits"], report });
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
  readonly report: CeilingReport;
}

function check(place: Place | undefined, { path, providers, report }: Check): void {
  if (place?.level.limits === undefined && place?.level.providerLimits === undefined) return;
  const places = withAbove(place);
  const whole = places.map(({ title, level }): Limits => ({ title, limits: level.limits }));
  const [own] = whole;
  if (own !== undefined) compare(own, whole, { path: [...path, "limits"], report });
  for (const provider of Object.keys(place.level.providerLimits ?? {})) {
    const there = places.map(({ title, level }): Limits => {
      return { title: `${title} at ${provider}`, limits: level.providerLimits?.[provider] };
    });
    const global = providers.get(provider);
    const ceilings = [...there, ...whole, ...(global === undefined ? [] : [limitsOf(global)])];
    const [ownThere] = there;
    if (ownThere === undefined) continue;
    compare(ownThere, ceilings, { path: [...path, "providerLimits", provider], report });
  }
}

/** A place and all above it, the lowest first. */
function withAbove(place: Place): readonly Place[] {
  return place.above === undefined ? [place] : [place, ...withAbove(place.above)];
}

function compare(own: Limits, ceilings: readonly Limits[], { path, report }: Omit<Check, "providers">): void {
  for (const [index, limit] of (own.limits ?? []).entries()) {
    // What is wrong in itself is told as such.
    if (limitProblem(limit) !== undefined) continue;
    const above = lowerOne(limit, own, { ceilings, covers: isTwin });
    const found = above ?? lowerOne(limit, own, { ceilings, covers: liesWithin });
    if (found === undefined) continue;
    const message = `${own.title} may use ${describeLimit(limit)}, more than ${found.title} with ${describeLimit(found.limit)}`;
    const advice =
      above === undefined
        ? "so this limit never ends a request; lower it or leave it out"
        : `which counts for it as well; lower it, leave it out, or raise that of ${found.title}`;
    report([...path, index], `${message}, ${advice}`, above !== undefined);
  }
}

interface Search {
  readonly ceilings: readonly Limits[];
  readonly covers: (window: LimitWindow, ceiling: LimitWindow) => boolean;
}

function lowerOne(
  limit: Limit,
  own: Limits,
  { ceilings, covers }: Search,
): { title: string; limit: Limit } | undefined {
  for (const { title, limits = [] } of ceilings) {
    const lower = limits.find((other) => {
      const isLower = other.of === limit.of && other.amount < limit.amount && covers(limit.window, other.window);
      // Two with one window on one level are an error already.
      const isSame = limits === own.limits && isTwin(limit.window, other.window);
      return isLower && !isSame && limitProblem(other) === undefined;
    });
    if (lower !== undefined) return { title, limit: lower };
  }
  return undefined;
}

function isTwin(one: LimitWindow, other: LimitWindow): boolean {
  return windowKeyOf(one) === windowKeyOf(other);
}
