import { fourBytes, type JsonScanner } from "../json/json-scanner.ts";

/**
 * How the strings begin that a scan of a request takes note of: the type of every thinking block, `thinking` and
 * `redacted_thinking`, the id of every search, `srvtoolu_…`, and the type of every search tool, `web_search_…`.
 */
export const watchedPrefixes: readonly [number, number, number, number] = [
  fourBytes("thin"),
  fourBytes("reda"),
  fourBytes("srvt"),
  fourBytes("web_"),
];

/** Offsets of strings that may name a thinking block, and of those that may have to do with a search. */
export interface WatchedStrings {
  readonly thinkingAt: readonly number[];
  readonly searchesAt: readonly number[];
}

const letterS = 0x73;
const letterW = 0x77;

/** Sorts what a scanner that watches for {@link watchedPrefixes} has seen. */
export function sortWatched(scanner: JsonScanner): WatchedStrings {
  const thinkingAt: number[] = [];
  const searchesAt: number[] = [];
  for (const at of scanner.seen) {
    const first = scanner.byteAt(at + 1);
    (first === letterS || first === letterW ? searchesAt : thinkingAt).push(at);
  }
  return { thinkingAt, searchesAt };
}
