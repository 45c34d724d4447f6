import type { Span } from "../dialects/dialect.ts";
import { isRecord } from "./is-record.ts";
import type { JsonScanner } from "./json-scanner.ts";
import { parseJson } from "./loose.ts";

/** A member of a JSON object: key and value, and both together. */
export interface Member {
  readonly key: string;
  readonly value: Span;
  readonly whole: Span;
}

const decoder = new TextDecoder();

/** The members of the object that begins at `at`, in order; none when it is no object. */
export function membersOf(scanner: JsonScanner, at: number): readonly Member[] {
  const members: Member[] = [];
  if (scanner.byteAt(at) !== 0x7b) return members;
  let start = scanner.skipSpace(at + 1);
  scanner.members(at, (key, value) => {
    members.push({ key, value, whole: { start, end: value.end } });
    start = scanner.skipSpace(scanner.skipSpace(value.end) + 1);
  });
  return members;
}

/** The value of the last member of that name, which is the one that counts. */
export function valueOf(members: readonly Member[], key: string): Span | undefined {
  return members.findLast((member) => member.key === key)?.value;
}

/** The elements of the list at `span`, in order; none when it is no list. */
export function elementsOf(scanner: JsonScanner, span: Span | undefined): readonly Span[] {
  const elements: Span[] = [];
  if (span !== undefined && scanner.byteAt(span.start) === 0x5b)
    scanner.elements(span.start, (one) => elements.push(one));
  return elements;
}

/** The text at `span`; undefined when no string is there. */
export function textAt(scanner: JsonScanner, span: Span | undefined): string | undefined {
  return span !== undefined && scanner.byteAt(span.start) === 0x22 ? scanner.text(span) : undefined;
}

/** The object at `span`, parsed; undefined when none is there. */
export function recordAt(scanner: JsonScanner, span: Span | undefined): Readonly<Record<string, unknown>> | undefined {
  const value = span && parseJson(decoder.decode(scanner.bytes.subarray(span.start, span.end)));
  return isRecord(value) ? value : undefined;
}
