import { listed } from "../listed.ts";
import type { Glob } from "./compile-glob.ts";
import type { NameFilter } from "./policy.ts";

/**
 * Why a filter forbids something that goes by several names, as the end of a sentence; undefined when it does not.
 * One allowed name is enough, one denied name too much. `others` are names that it can be denied by, but not allowed.
 */
export function forbiddenBy(
  { allow, deny }: NameFilter,
  names: readonly string[],
  others: readonly string[] = [],
): string | undefined {
  for (const glob of deny) {
    if (matchesOne(glob, names) || matchesOne(glob, others)) return `"${glob.pattern}" is denied`;
  }
  if (allow.length === 0) return undefined;
  for (const glob of allow) if (matchesOne(glob, names)) return undefined;
  return `allowed are ${patternsOf(allow)}`;
}

// In loops of its own: this is done for each policy and target of each request.
function matchesOne(glob: Glob, names: readonly string[]): boolean {
  for (const name of names) if (glob.matches(name)) return true;
  return false;
}

/** The patterns of globs for a sentence. */
export function patternsOf(globs: readonly Glob[]): string {
  return listed(globs.map(({ pattern }) => pattern));
}
