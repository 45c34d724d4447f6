import type { Span } from "../dialect.ts";
import { JsonScanner } from "../../json/json-scanner.ts";

/** Which thinking has to go: what this API cannot verify, or all of it. */
export type ThinkingRule = "foreign" | "all";

/** What a block is and what vouches for it, as far as thinking is concerned. */
export interface BlockFacts {
  readonly type: string;
  /** The bytes of `signature`, or of `data` in redacted thinking. */
  readonly proof: Span | undefined;
}

/** Reads type and proof of the block at `span`. */
export function readBlock(scanner: JsonScanner, span: Span): BlockFacts {
  let type = "";
  let signature: Span | undefined;
  let data: Span | undefined;
  if (scanner.byteAt(span.start) !== openBrace) return { type, proof: undefined };
  scanner.members(span.start, (key, value) => {
    if (key === "type" && scanner.byteAt(value.start) === quote) type = scanner.text(value);
    else if (key === "signature") signature = value;
    else if (key === "data") data = value;
  });
  return { type, proof: type === "redacted_thinking" ? data : signature };
}

const thinkingTypes = ["thinking", "redacted_thinking"];

/** True for the two types of block that thinking comes in. */
export function isThinking(type: string): boolean {
  return thinkingTypes.includes(type);
}

/** Why a block cannot go to an upstream that speaks Messages; undefined when it can. */
export function reasonToDrop(
  scanner: JsonScanner,
  { type, proof }: BlockFacts,
  rule: ThinkingRule,
): string | undefined {
  if (!isThinking(type)) return undefined;
  if (rule === "all")
    return "the provider refused the signatures of earlier thinking, so the request was sent again without it";
  if (proof !== undefined && isOwn(scanner, proof)) {
    return "this thinking came from another provider, and this one cannot verify its signature";
  }
  if (type === "redacted_thinking" || (proof !== undefined && isFilled(scanner, proof))) return undefined;
  return "thinking without a signature is refused by the Messages API";
}

/**
 * True when one of the strings that a scanner noted may name a thinking block that has to go. It looks only from
 * the block's type onward, which is how Claude Code writes blocks; whatever is written otherwise counts as a maybe.
 */
export function mayHoldForeignThinking(scanner: JsonScanner, seen: readonly number[], within: Span): boolean {
  // Objects in one another could make it read the same bytes again and again; then the full search costs less.
  let bytesLeft = 2 * (within.end - within.start);
  for (const at of seen) {
    if (at <= within.start || at >= within.end) continue;
    const end = endUnlessSuspect(scanner, at);
    if (end === undefined || bytesLeft < 0) return true;
    bytesLeft -= end - at;
  }
  return false;
}

const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const comma = 0x2c;
const colon = 0x3a;

/** Where the object around the string at `at` ends, or how far it was read; undefined when it may have to go. */
function endUnlessSuspect(scanner: JsonScanner, at: number): number | undefined {
  const end = scanner.skipValue(at);
  const type = thinkingTypes.find((name) => scanner.isText({ start: at, end }, name));
  if (type === undefined) return end;
  let next = scanner.skipSpace(end);
  let vouched = false;
  while (scanner.byteAt(next) === comma) {
    const key = scanner.skipSpace(next + 1);
    const keyEnd = scanner.byteAt(key) === quote ? scanner.skipValue(key) : key;
    const separator = scanner.skipSpace(keyEnd);
    // In a list no members follow.
    if (scanner.byteAt(separator) !== colon) return keyEnd;
    const start = scanner.skipSpace(separator + 1);
    const value = { start, end: scanner.skipValue(start) };
    if (isProofKey(scanner, { start: key, end: keyEnd })) {
      vouched = reasonToDrop(scanner, { type, proof: value }, "foreign") === undefined;
      if (!vouched) return undefined;
    }
    next = scanner.skipSpace(value.end);
  }
  return scanner.byteAt(next) === closeBrace && !vouched ? undefined : next;
}

function isProofKey(scanner: JsonScanner, span: Span): boolean {
  return scanner.isText(span, "signature") || scanner.isText(span, "data");
}

/** A string that is not empty. */
function isFilled(scanner: JsonScanner, { start, end }: Span): boolean {
  return scanner.byteAt(start) === quote && end - start > 2;
}

/** Signatures that `sealOpaque` made begin so. */
const ownMark = [0x22, 0x64, 0x62, 0x31, 0x2e];

function isOwn(scanner: JsonScanner, { start }: Span): boolean {
  return ownMark.every((byte, index) => scanner.byteAt(start + index) === byte);
}
