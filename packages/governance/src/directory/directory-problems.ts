import { nearestNames } from "../routing/nearest-names.ts";
import { ceilingProblems } from "./ceiling-problems.ts";
import type { DirectoryRules, LevelRules } from "./directory-rules.ts";
import { keyProblems } from "./key-problems.ts";
import { levelProblems, limitProblems } from "./level-problems.ts";
import type { Owned } from "./owners.ts";
import { twins } from "./twins.ts";

/** What is wrong with a directory, and where. */
export interface DirectoryProblem {
  /** For example `["teams", 2, "limits", 0]`. */
  readonly path: readonly (string | number)[];
  /** The whole sentence; holds no secret. */
  readonly message: string;
  /** True for what is possible but has no effect. */
  readonly warning: boolean;
  /**
   * True for a limit above the one of a level above on the same within the same window. A directory with it works, as both
   * count; who writes it is refused, unless it was the level above that changed.
   */
  readonly isAboveParent?: true;
}

/** Takes a problem at a path. */
export type Report = (path: DirectoryProblem["path"], message: string) => void;

/** Everything that is wrong with a directory, at once. One without errors compiles. */
export function directoryProblems(rules: DirectoryRules): readonly DirectoryProblem[] {
  const problems: DirectoryProblem[] = [];
  const error: Report = (path, message) => void problems.push({ path, message, warning: false });
  const names = namesOf(rules);
  checkProviders(rules, error);
  for (const kind of ["customers", "teams", "users", "keys"] as const) {
    const levels: readonly (LevelRules & Owned)[] = rules[kind] ?? [];
    checkTwins(kind, levels, error);
    for (const [index, level] of levels.entries()) {
      const path = [kind, index];
      checkName(level, path, error);
      checkOwners(level, { path, names, error });
      levelProblems(level, { path, providers: names.providers, error });
    }
  }
  keyProblems(rules.keys ?? [], error);
  ceilingProblems(rules, (path, message, isAboveParent) => {
    problems.push({ path, message, warning: true, ...(isAboveParent && { isAboveParent }) });
  });
  return problems;
}

/** The lowest first. */
const kinds = ["user", "team", "customer"] as const;

type Owner = (typeof kinds)[number];
type Names = Readonly<Record<Owner, ReadonlySet<string>>> & { readonly providers: ReadonlySet<string> | undefined };

function namesOf({ customers = [], teams = [], users = [], providers }: DirectoryRules): Names {
  const set = (levels: readonly { readonly name: string }[]): Set<string> => new Set(levels.map(({ name }) => name));
  return { customer: set(customers), team: set(teams), user: set(users), providers: providers && set(providers) };
}

function checkProviders({ providers = [] }: DirectoryRules, error: Report): void {
  checkTwins("providers", providers, error);
  for (const [index, provider] of providers.entries()) {
    const path = ["providers", index];
    checkName(provider, path, error);
    limitProblems(provider.limits ?? [], { path: [...path, "limits"], error });
  }
}

interface Named {
  readonly name: string;
}

function checkTwins(kind: string, levels: readonly Named[], error: Report): void {
  for (const { index, first } of twins(levels, ({ name }) => name)) {
    error([kind, index, "name"], `"${levels[index]?.name}" is also the name of ${kind}[${first}]; rename one`);
  }
}

const longestName = 128;
/** Most names are such, and this is sooner known than that nothing is wrong. */
const plainName = /^[\w@+./-]{1,128}$/;

function checkName({ name }: Named, path: DirectoryProblem["path"], error: Report): void {
  if (plainName.test(name)) return;
  const shown = JSON.stringify(name.slice(0, longestName));
  if (name.length > longestName || name.trim() !== name || name === "" || /\p{Cc}/u.test(name)) {
    const wanted = `give 1 to ${longestName} characters without control characters and spaces at the ends`;
    error([...path, "name"], `${shown} is not possible as a name; ${wanted}`);
  } else if (/ at \S+$/.test(name)) {
    error([...path, "name"], `${shown} is not possible as a name; " at …" at its end is kept for limits at a provider`);
  }
}

interface OwnerCheck {
  readonly path: DirectoryProblem["path"];
  readonly names: Names;
  readonly error: Report;
}

function checkOwners(level: Owned, { path, names, error }: OwnerCheck): void {
  const owners = kinds.filter((owner) => level[owner] !== undefined);
  for (const owner of owners) {
    const name = level[owner] ?? "";
    if (names[owner].has(name)) continue;
    const near = nearestNames(name, names[owner], 2).map((one) => `"${one}"`);
    const meant = near.length === 0 ? `add it under "${owner}s"` : `did you mean ${near.join(" or ")}?`;
    error([...path, owner], `there is no ${owner} "${name}"; ${meant}`);
  }
  const [lowest, above] = owners;
  if (lowest !== undefined && above !== undefined) {
    error(
      [...path, above],
      `a key hangs on one level; leave ${above} out, or name the ${above} where the ${lowest} is`,
    );
  }
}
