import type { Span } from "../dialects/dialect.ts";
import { isTranslatorError } from "../errors.ts";
import { JsonScanner } from "./json-scanner.ts";

/** Where the values of an object's own keys stand in its JSON; undefined when it is no object. */
export function topLevelSpans(json: Uint8Array): Map<string, Span> | undefined {
  const scanner = new JsonScanner(json);
  const spans = new Map<string, Span>();
  try {
    scanner.members(scanner.skipSpace(0), (key, span) => spans.set(key, span));
    return spans;
  } catch (error) {
    if (isTranslatorError(error)) return undefined;
    throw error;
  }
}
