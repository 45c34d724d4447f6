import type { Span } from "../dialects/dialect.ts";
import { isTranslatorError } from "../errors.ts";
import { JsonScanner } from "../json/json-scanner.ts";
import { splice } from "./splice.ts";

/**
 * The JSON of an object with the string under the key path `path` replaced, all else byte for byte;
 * the same bytes when there is no such string or no valid JSON.
 */
export function renameAt(json: Uint8Array, path: readonly string[], name: string): Uint8Array {
  const scanner = new JsonScanner(json);
  try {
    let span: Span | undefined = { start: scanner.skipSpace(0), end: json.length };
    for (const key of path) span = span === undefined ? undefined : memberOf(scanner, span, key);
    if (span === undefined || scanner.byteAt(span.start) !== 0x22) return json;
    return splice(json, [{ span, text: JSON.stringify(name) }]);
  } catch (error) {
    if (isTranslatorError(error)) return json;
    throw error;
  }
}

function memberOf(scanner: JsonScanner, { start }: Span, name: string): Span | undefined {
  let found: Span | undefined;
  if (scanner.byteAt(start) !== 0x7b) return undefined;
  scanner.members(start, (key, value) => {
    if (key === name) found = value;
  });
  return found;
}
