import type { Span } from "../dialects/dialect.ts";
import type { JsonScanner } from "./json-scanner.ts";
import { parseJson } from "./loose.ts";

const decoder = new TextDecoder();
const [quote, openBrace, openBracket, zero] = [0x22, 0x7b, 0x5b, 0x30];
/** Whole numbers of so many digits are exact however they are added up. */
const exactDigits = 15;

/**
 * The value at `span`, as JSON.parse gives it; undefined for what is no JSON. In a loop of its own it takes as long as
 * decoding the bytes and parsing the text; between the system calls of a busy gateway it takes less, since its code is the
 * scanner's, which is in the caches already.
 */
export function valueAt(scanner: JsonScanner, span: Span): unknown {
  const first = scanner.byteAt(span.start);
  if (first === quote) return scanner.text(span);
  if (first === openBrace) return objectAt(scanner, span);
  if (first === openBracket) return elementsAt(scanner, span);
  return wholeNumberAt(scanner, span) ?? parseJson(decoder.decode(scanner.bytes.subarray(span.start, span.end)));
}

function objectAt(scanner: JsonScanner, span: Span): unknown {
  const object: Record<string, unknown> = {};
  let isPlain = true;
  scanner.members(span.start, (key, value) => {
    // JSON.parse makes it a member like any other; an assignment would not.
    if (key === "__proto__") isPlain = false;
    else object[key] = valueAt(scanner, value);
  });
  return isPlain ? object : parseJson(decoder.decode(scanner.bytes.subarray(span.start, span.end)));
}

function elementsAt(scanner: JsonScanner, span: Span): unknown[] {
  const list: unknown[] = [];
  scanner.elements(span.start, (element) => list.push(valueAt(scanner, element)));
  return list;
}

function wholeNumberAt(scanner: JsonScanner, { start, end }: Span): number | undefined {
  const length = end - start;
  // With a zero before other digits it is no number.
  if (length > exactDigits || (length > 1 && scanner.byteAt(start) === zero)) return undefined;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = scanner.byteAt(at) - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
