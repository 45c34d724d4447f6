import type { Dropped } from "../dialects/dialect.ts";

/** Where the parts of a Messages request come from in the client's own request. */
export interface Sources {
  /** The client's names of fields; null for what it did not write. */
  readonly fieldNames: ReadonlyMap<string, string | null>;
  /** For each message the path of each of its blocks. */
  readonly messagePaths: readonly (readonly string[])[];
  readonly systemPaths: readonly string[];
  readonly toolPaths: readonly string[];
}

const inMessage = /^messages\[(\d+)\](?:\.content(?:\[(\d+)\])?)?(.*)$/s;
const inList = /^(system|tools)\[(\d+)\](.*)$/s;

/** Tells of drops in the client's terms, and leaves out those that are about something the client never wrote. */
export function renameDropped(lost: readonly Dropped[], sources: Sources): readonly Dropped[] {
  return lost.flatMap(({ path, reason }) => {
    const own = ownPath(path, sources);
    return own === undefined ? [] : [{ path: own, reason }];
  });
}

function ownPath(path: string, sources: Sources): string | undefined {
  if (/(?:^|\.)cache_control$/.test(path)) return undefined;
  const [, message, block = "0", below = ""] = inMessage.exec(path) ?? [];
  if (message !== undefined) return joined(sources.messagePaths[Number(message)]?.[Number(block)], below);
  const [, list, index, rest = ""] = inList.exec(path) ?? [];
  if (list === "system") return joined(sources.systemPaths[Number(index)], rest);
  if (list === "tools") return joined(sources.toolPaths[Number(index)], rest);
  return renamedField(path, sources.fieldNames);
}

function joined(source: string | undefined, below: string): string | undefined {
  return source === undefined ? undefined : source + below;
}

function renamedField(path: string, names: Sources["fieldNames"]): string | undefined {
  for (const [field, name] of names) {
    const next = path.charAt(field.length);
    if (!path.startsWith(field) || (next !== "" && next !== "." && next !== "[")) continue;
    return name === null ? undefined : name + path.slice(field.length);
  }
  return path;
}
