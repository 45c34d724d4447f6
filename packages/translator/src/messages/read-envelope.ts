import type { Envelope, Span } from "../dialects/dialect.ts";
import { TranslatorError } from "../errors.ts";
import { JsonScanner } from "../json/json-scanner.ts";
import { someText } from "../json/problem.ts";
import type { RecurringContainers } from "../json/recurring-containers.ts";
import { sortWatched, watchedPrefixes } from "./watched-strings.ts";

/**
 * What routing and policy need of a request, found in one pass over its bytes without parsing it.
 * Throws a TranslatorError: `invalid-json`, `duplicate-field` for any top-level key given twice (which of the
 * two counts would depend on the reader), or `invalid-request` for a wrong model, stream, max_tokens or messages.
 * With `recurring`, tools and system prompts are known again that came before.
 */
export function readEnvelope(body: Uint8Array, recurring?: RecurringContainers): Envelope {
  const scanner = new JsonScanner(body, watchedPrefixes);
  const spans = topLevel(scanner, recurring);
  checkMessages(scanner, spans.get("messages"));
  const { thinkingAt, searchesAt, mediaAt } = sortWatched(scanner);
  return {
    model: readModel(scanner, spans.get("model")),
    stream: readStream(scanner, spans.get("stream")),
    maxTokens: readMaxTokens(scanner, spans.get("max_tokens")),
    bytes: body.length,
    spans,
    thinkingAt,
    searchesAt,
    mediaAt,
  };
}

/** Far more than any API has. A body full of them would take many times its size to take note of. */
const maxFields = 1_000;

function topLevel(scanner: JsonScanner, recurring: RecurringContainers | undefined): Map<string, Span> {
  const spans = new Map<string, Span>();
  const start = scanner.skipSpace(startsWithMark(scanner.bytes) ? 3 : 0);
  if (start === scanner.bytes.length)
    throw new TranslatorError("invalid-json", "The request body is empty; a JSON object was expected.");
  if (scanner.byteAt(start) !== 0x7b) {
    scanner.skipValue(start);
    throw wrong("The request body is not a JSON object");
  }
  const visit = (key: string, span: Span): void => {
    const before = spans.size;
    if (spans.set(key, span).size === before)
      throw new TranslatorError("duplicate-field", `${shown(key)}: Field given twice; give it once.`);
    if (before === maxFields)
      throw wrong(`The request body has more than ${maxFields} fields; it may have a few dozen`);
  };
  const end = scanner.members(start, visit, (key, at) =>
    key === "tools" || key === "system" ? recurring?.skip(scanner, at) : undefined,
  );
  const rest = scanner.skipSpace(end);
  if (rest < scanner.bytes.length) {
    throw new TranslatorError(
      "invalid-json",
      `The JSON is not valid at byte ${rest}: the text goes on after the object.`,
    );
  }
  return spans;
}

function readModel(scanner: JsonScanner, span: Span | undefined): string {
  if (span === undefined) throw wrong("model: Field required");
  if (scanner.byteAt(span.start) !== 0x22) throw wrong("model: Input should be a valid string");
  const model = scanner.text(span);
  const found = someText(model);
  if (found !== undefined) throw wrong(`model: ${found.message}`);
  return model;
}

function readStream(scanner: JsonScanner, span: Span | undefined): boolean {
  // The scan has read it: what begins like a literal is that literal.
  const first = span === undefined ? letterN : scanner.byteAt(span.start);
  if (first === letterT) return true;
  if (first === letterF || first === letterN) return false;
  throw wrong("stream: Input should be a valid boolean");
}

function readMaxTokens(scanner: JsonScanner, span: Span | undefined): number | undefined {
  if (span === undefined) return undefined;
  const value = wholeNumberAt(scanner, span) ?? Number(literalAt(scanner, span));
  if (!Number.isSafeInteger(value)) throw wrong("max_tokens: Input should be a valid integer");
  if (value < 1) throw wrong("max_tokens: Input should be greater than or equal to 1");
  return value;
}

function checkMessages(scanner: JsonScanner, span: Span | undefined): void {
  if (span === undefined) throw wrong("messages: Field required");
  if (scanner.byteAt(span.start) !== 0x5b) throw wrong("messages: Input should be a valid list");
  if (scanner.skipSpace(span.start + 1) === span.end - 1) throw wrong("messages: at least one message is required");
}

const letterT = 0x74;
const letterF = 0x66;
const letterN = 0x6e;

/** The text of a number, true, false or null; something that is none of them for every other value. */
function literalAt(scanner: JsonScanner, { start, end }: Span): string {
  return end - start > 400 ? "-" : String.fromCharCode(...scanner.bytes.subarray(start, end));
}

/** The value of up to nine digits; undefined for anything else. */
function wholeNumberAt(scanner: JsonScanner, { start, end }: Span): number | undefined {
  if (end - start > 9) return undefined;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = scanner.byteAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** UTF-8's byte order mark, which some clients on Windows send. */
function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function shown(key: string): string {
  return key.length > 64 ? `${key.slice(0, 64)}…` : key;
}

function wrong(message: string): TranslatorError {
  return new TranslatorError("invalid-request", message);
}
