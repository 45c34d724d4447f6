import { fourBytes, type JsonScanner } from "../json/json-scanner.ts";

/**
 * How the strings begin that a scan of a request takes note of: the type of every thinking block, `thinking` and
 * `redacted_thinking`, the id of every search, `srvtoolu_…`, the type of every search tool, `web_search_…`, and those of
 * media, `image` and `document`.
 */
export const watchedPrefixes: readonly [number, number, number, number, number, number] = [
  fourBytes("thin"),
  fourBytes("reda"),
  fourBytes("srvt"),
  fourBytes("web_"),
  fourBytes("imag"),
  fourBytes("docu"),
];

/** Offsets of strings that may name a thinking block, of those that may have to do with a search, and with media. */
export interface WatchedStrings {
  readonly thinkingAt: readonly number[];
  readonly searchesAt: readonly number[];
  readonly mediaAt: readonly number[];
}

const letterD = 0x64;
const letterI = 0x69;
const letterS = 0x73;
const letterW = 0x77;

/** Sorts what a scanner that watches for {@link watchedPrefixes} has seen. */
export function sortWatched(scanner: JsonScanner): WatchedStrings {
  const thinkingAt: number[] = [];
  const searchesAt: number[] = [];
  const mediaAt: number[] = [];
  for (const at of scanner.seen) {
    const first = scanner.byteAt(at + 1);
    if (first === letterS || first === letterW) searchesAt.push(at);
    else if (first === letterI || first === letterD) mediaAt.push(at);
    else thinkingAt.push(at);
  }
  return { thinkingAt, searchesAt, mediaAt };
}
