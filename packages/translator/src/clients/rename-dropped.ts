import type { Dropped } from "../dialects/dialect.ts";

/**
 * Tells of drops in the client's terms: paths that begin with a field of the Messages request get the client's name
 * for it, and those that are about something the client never wrote are left out.
 */
export function renameDropped(lost: readonly Dropped[], names: ReadonlyMap<string, string | null>): readonly Dropped[] {
  return lost.flatMap(({ path, reason }) => {
    const field = [...names.keys()].find((name) => isAt(path, name));
    const name = field === undefined ? path : names.get(field);
    if (name === null || name === undefined) return [];
    return [{ path: field === undefined ? path : `${name}${path.slice(field.length)}`, reason }];
  });
}

/** True when a path leads to a field or into it; `cache_control` stands anywhere. */
function isAt(path: string, field: string): boolean {
  if (!path.startsWith(field)) return path.endsWith(`.${field}`) && field === "cache_control";
  const next = path.charAt(field.length);
  return next === "" || next === "." || next === "[";
}
