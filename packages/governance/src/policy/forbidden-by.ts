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
  const matches = (glob: Glob, list: readonly string[]): boolean => list.some((name) => glob.matches(name));
  const refusing = deny.find((glob) => matches(glob, names) || matches(glob, others));
  if (refusing !== undefined) return `"${refusing.pattern}" is denied`;
  if (allow.length === 0 || allow.some((glob) => matches(glob, names))) return undefined;
  return `allowed are ${patternsOf(allow)}`;
}

/** The patterns of globs for a sentence. */
export function patternsOf(globs: readonly Glob[]): string {
  return listed(globs.map(({ pattern }) => pattern));
}
