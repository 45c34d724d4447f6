import type { ToolFacts } from "./authorize.ts";
import type { Glob } from "./compile-glob.ts";
import { forbiddenBy, patternsOf } from "./forbidden-by.ts";
import type { NameFilter } from "./policy.ts";

/** Why a filter forbids a tool, as the end of a sentence; undefined when it does not. */
export function forbiddenTool(filter: NameFilter, { name, type }: ToolFacts): string | undefined {
  if (name.endsWith("*")) return forbiddenSet(filter, name.slice(0, -1), type);
  if (type === undefined) return forbiddenBy(filter, [name]);
  // Its type says what it is; a name that does not fit must not pass for another tool's.
  return type.startsWith(name) ? forbiddenBy(filter, [name, type]) : forbiddenBy(filter, [type], [name]);
}

/** Of a set nobody knows the members: it is allowed when all that it could have are, and denied when any could be. */
function forbiddenSet({ allow, deny }: NameFilter, prefix: string, type: string | undefined): string | undefined {
  const isType = (glob: Glob): boolean => type !== undefined && glob.matches(type);
  const refusing = deny.find((glob) => isType(glob) || couldMatch(glob, prefix));
  if (refusing !== undefined) return `"${refusing.pattern}" is denied`;
  if (allow.length === 0 || allow.some((glob) => isType(glob) || matchesAll(glob, prefix))) return undefined;
  return `allowed are ${patternsOf(allow)}`;
}

/** True when some text that begins with `prefix` may match. */
function couldMatch({ pattern }: Glob, prefix: string): boolean {
  const head = pattern.split("*", 1)[0] ?? "";
  return pattern.includes("*") ? head.startsWith(prefix) || prefix.startsWith(head) : pattern.startsWith(prefix);
}

/** True when every text that begins with `prefix` matches. */
function matchesAll({ pattern }: Glob, prefix: string): boolean {
  const head = pattern.slice(0, -1);
  return pattern.endsWith("*") && !head.includes("*") && prefix.startsWith(head);
}
