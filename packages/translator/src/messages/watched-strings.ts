import { fourBytes, type JsonScanner } from "../json/json-scanner.ts";

/**
 * How the strings begin that a scan of a request takes note of: the type of every thinking block, `thinking` and
 * `redacted_thinking`, and the id of every search, `srvtoolu_…`.
 */
export const watchedPrefixes: readonly [number, number, number] = [
  fourBytes("thin"),
  fourBytes("reda"),
  fourBytes("srvt"),
];

/** Offsets of strings that may name a thinking block, and of those that may be the id of a search. */
export interface WatchedStrings {
  readonly thinkingAt: readonly number[];
  readonly searchesAt: readonly number[];
}

const letterS = 0x73;

/** Sorts what a scanner that watches for {@link watchedPrefixes} has seen. */
export function sortWatched(scanner: JsonScanner): WatchedStrings {
  const { seen } = scanner;
  const searchesAt = seen.filter((at) => scanner.byteAt(at + 1) === letterS);
  if (searchesAt.length === 0) return { thinkingAt: seen, searchesAt };
  return { thinkingAt: seen.filter((at) => scanner.byteAt(at + 1) !== letterS), searchesAt };
}
