import type { LeaseMode, WhenSpent } from "../lease/lease-request.ts";
import type { Limit } from "../limits/limit.ts";
import { limitProblem, windowKeyOf } from "../limits/limit-scope.ts";
import { listed } from "../listed.ts";
import { globProblem } from "../policy/compile-glob.ts";
import { endpoints, type PolicyRules } from "../policy/policy.ts";
import { nearestNames } from "../routing/nearest-names.ts";
import type { DirectoryProblem, Report } from "./directory-problems.ts";
import type { LevelRules } from "./directory-rules.ts";

interface Place {
  readonly path: DirectoryProblem["path"];
  readonly error: Report;
}

/** Reports what is wrong with limits, policy and tags of one level. `providers` are those that exist, if it is known. */
export function levelProblems(
  level: LevelRules,
  { path, error, providers }: Place & { readonly providers: ReadonlySet<string> | undefined },
): void {
  if (level.limits !== undefined) limitProblems(level.limits, { path: [...path, "limits"], error });
  for (const [provider, limits] of Object.entries(level.providerLimits ?? {})) {
    const at = [...path, "providerLimits", provider];
    if (providers?.has(provider) === false) error(at, unknownProvider(provider, providers));
    limitProblems(limits, { path: at, error });
  }
  if (level.terms !== undefined) termProblems(level.terms, { path: [...path, "terms"], error });
  if (level.policy !== undefined) policyProblems(level.policy, { path: [...path, "policy"], error }, providers);
  if (level.tags !== undefined) tagProblems(level.tags, { path: [...path, "tags"], error });
}

/** Reports limits that are not possible, or that differ from an earlier one in nothing but the amount. */
export function limitProblems(limits: readonly Limit[], { path, error }: Place): void {
  const seen = new Map<string, number>();
  for (const [index, limit] of limits.entries()) {
    const problem = limitProblem(limit);
    if (problem !== undefined) {
      error([...path, index], `the limit ${problem}`);
      continue;
    }
    const meter = `${limit.of} ${windowKeyOf(limit.window)}`;
    const earlier = seen.get(meter);
    if (earlier === undefined) seen.set(meter, index);
    else
      error([...path, index], `limits the same within the same window as limit ${earlier + 1}; keep the smaller one`);
  }
}

/** Types rule it out, but stores hold what somebody sent. */
function termProblems(terms: Readonly<Record<string, unknown>>, { path, error }: Place): void {
  const known = new Map<string, readonly unknown[]>([
    ["mode", ["strict", "incremental"] satisfies LeaseMode[]],
    ["whenSpent", ["cut", "run"] satisfies WhenSpent[]],
  ]);
  for (const [term, value] of Object.entries(terms)) {
    const wanted = known.get(term);
    if (wanted === undefined)
      error([...path, term], `there is no term "${term}"; known are ${listed([...known.keys()])}`);
    else if (value !== undefined && !wanted.includes(value)) {
      error([...path, term], `${JSON.stringify(value)} is not possible; give one of ${listed(wanted.map(String))}`);
    }
  }
}

function policyProblems(policy: PolicyRules, { path, error }: Place, providers: ReadonlySet<string> | undefined): void {
  const lists = (["models", "providers", "tools"] as const).flatMap((part) =>
    (["allow", "deny"] as const).map((list) => ({ at: [part, list], patterns: policy[part]?.[list] ?? [] })),
  );
  for (const { at, patterns } of [...lists, { at: ["regions"], patterns: policy.regions ?? [] }]) {
    for (const [index, pattern] of patterns.entries()) {
      const problem = globProblem(pattern);
      if (problem !== undefined) error([...path, ...at, index], `the pattern "${pattern}" ${problem}`);
      else if (at[0] === "providers" && providers !== undefined && !pattern.includes("*") && !providers.has(pattern)) {
        error([...path, ...at, index], unknownProvider(pattern, providers));
      }
    }
  }
  for (const [index, endpoint] of (policy.endpoints ?? []).entries()) {
    if (endpoints.includes(endpoint)) continue;
    error([...path, "endpoints", index], `there is no endpoint "${endpoint}"; known are ${listed(endpoints)}`);
  }
}

function unknownProvider(name: string, providers: ReadonlySet<string>): string {
  const near = nearestNames(name, providers, 2).map((one) => `"${one}"`);
  const meant = near.length === 0 ? `known are ${listed([...providers])}` : `did you mean ${near.join(" or ")}?`;
  return `there is no provider "${name}"; ${meant}`;
}

const mostTags = 64;
const longestTag = 256;

function tagProblems(tags: Readonly<Record<string, string>>, { path, error }: Place): void {
  const entries = Object.entries(tags);
  if (entries.length > mostTags) error(path, `holds ${entries.length} tags; at most ${mostTags} are kept`);
  for (const [name, value] of entries) {
    if (!/^[\w.-]{1,64}$/.test(name)) {
      error(
        [...path, name.slice(0, 80)],
        "is not possible as a tag's name; give up to 64 letters, digits, dots, - and _",
      );
    }
    if (value.length > longestTag || /\p{Cc}/u.test(value)) {
      error(
        [...path, name.slice(0, 80)],
        `has a value that is not possible; give up to ${longestTag} characters on one line`,
      );
    }
  }
}
