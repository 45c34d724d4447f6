import type { Span } from "../dialects/dialect.ts";
import { TranslatorError } from "../errors.ts";
import { containerScan } from "./container-scan.ts";
import { findQuote } from "./find-quote.ts";
import { recurringKey } from "./recurring-keys.ts";

/** Containers may be nested this deep; Claude Code's deepest tool schemas stay under 40. */
const maxDepth = 512;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const decoder = new TextDecoder();
/** Which bracket closes each open one. Scratch of one call that calls nobody: making it anew would cost more than the scan of a small body. */
const closers = new Uint8Array(maxDepth);
/** Scratch as well. */
const large = containerScan();
/** Containers of so many bytes are skipped sooner here, and all that stand in so small a text. */
const smallBytes = 256;
const smallTextBytes = 4_096;

/** Beginnings of strings, as {@link fourBytes} gives them. */
type Watch = readonly [number, number, number?, number?, number?, number?];

/**
 * Finds where the values of a JSON text begin and end without building them, at about half a nanosecond a byte.
 * It checks brackets, strings and the separators it passes, not every byte: what it accepts may still be refused
 * by `JSON.parse`; the other way round only what is nested deeper than 512 levels. Every method throws a {@link TranslatorError} `invalid-json` that
 * names the byte offset and quotes nothing of the text.
 */
export class JsonScanner {
  readonly bytes: Uint8Array;
  /** Offsets of the strings inside skipped containers whose first four bytes were asked for by `watch`. */
  readonly seen: number[] = [];
  readonly #view: DataView;
  readonly #watched: Watch | undefined;

  /** `watch` are prefixes as {@link fourBytes} gives them; see `seen`. */
  constructor(bytes: Uint8Array, watch?: Watch) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#watched = watch;
  }

  /** The byte at an offset, or -1 after the end. */
  byteAt(at: number): number {
    return at < this.bytes.length ? this.#view.getUint8(at) : -1;
  }

  /** Offset of the next byte that is not white space. */
  skipSpace(at: number): number {
    let next = at;
    while (isSpace(this.byteAt(next))) next += 1;
    return next;
  }

  /** Offset behind the value that begins at `at`. */
  skipValue(at: number): number {
    const first = this.byteAt(at);
    if (first === quote) return this.#skipString(at);
    if (first === openBrace || first === openBracket) return this.#skipContainer(at);
    return this.#skipLiteral(at);
  }

  /** Visits the members of the object at `at`, in order, duplicates included; gives the offset behind it. `skip` may know where a value ends. */
  members(
    at: number,
    visit: (key: string, value: Span) => void,
    skip?: (key: string, at: number) => number | undefined,
  ): number {
    if (this.byteAt(at) !== openBrace) throw invalid(at, "an object was expected");
    let next = this.skipSpace(at + 1);
    if (this.byteAt(next) === closeBrace) return next + 1;
    for (;;) {
      if (this.byteAt(next) !== quote) throw invalid(next, "a key in double quotes was expected");
      const keyEnd = this.#skipString(next);
      const key = recurringKey(this.#view, next + 1, keyEnd - 1) ?? this.text({ start: next, end: keyEnd });
      next = this.skipSpace(keyEnd);
      if (this.byteAt(next) !== colon) throw invalid(next, "a colon was expected");
      const start = this.skipSpace(next + 1);
      const end = skip?.(key, start) ?? this.skipValue(start);
      visit(key, { start, end });
      next = this.skipSpace(end);
      if (this.byteAt(next) === closeBrace) return next + 1;
      if (this.byteAt(next) !== comma) throw invalid(next, "a comma or the end of the object was expected");
      next = this.skipSpace(next + 1);
    }
  }

  /** Visits the elements of the array at `at`, in order; gives the offset behind it. */
  elements(at: number, visit: (element: Span) => void): number {
    if (this.byteAt(at) !== openBracket) throw invalid(at, "an array was expected");
    let next = this.skipSpace(at + 1);
    if (this.byteAt(next) === closeBracket) return next + 1;
    for (;;) {
      const end = this.skipValue(next);
      visit({ start: next, end });
      next = this.skipSpace(end);
      if (this.byteAt(next) === closeBracket) return next + 1;
      if (this.byteAt(next) !== comma) throw invalid(next, "a comma or the end of the array was expected");
      next = this.skipSpace(next + 1);
    }
  }

  /** The text of the string whose bytes, quotes included, are `span`. */
  text(span: Span): string {
    const end = span.end - 1;
    if (end - span.start > 65) return this.#longText(span);
    let text = "";
    for (let at = span.start + 1; at < end; at += 1) {
      const byte = this.#view.getUint8(at);
      if (byte > 0x7f || byte === backslash) return this.#longText(span);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** The text of a string that is long, has escapes or is not all ASCII. */
  #longText({ start, end }: Span): string {
    const inner = this.bytes.subarray(start + 1, end - 1);
    if (inner.length <= 64 && !inner.includes(backslash)) return decoder.decode(inner);
    return parseString(this.bytes.subarray(start, end), start);
  }

  /** True when the string at `span`, quotes included, is `text`: what {@link text} would tell, without making a text of it. */
  isText(span: Span, text: string): boolean {
    const { start, end } = span;
    // An escape takes at most six bytes for a letter.
    if (end - start < text.length + 2 || end - start > text.length * 6 + 2) return false;
    for (let index = 0; index < text.length; index += 1) {
      const byte = this.#view.getUint8(start + 1 + index);
      if (byte === backslash) return this.text(span) === text;
      if (byte !== text.charCodeAt(index)) return false;
    }
    return end - start === text.length + 2;
  }

  #skipString(at: number): number {
    const end = this.#endOfString(at, this.bytes.length);
    if (end === undefined) throw invalid(at, "a string begins there and does not end");
    return end;
  }

  /** Undefined when it does not end before `limit`. Four bytes at a time are tested for a quote: texts of many kilobytes are the common case. */
  #endOfString(at: number, limit: number): number | undefined {
    const view = this.#view;
    let next = at + 1;
    for (;;) {
      next = findQuote(view, next, limit);
      if (next >= limit) return undefined;
      if (view.getUint8(next - 1) !== backslash || !this.#isEscaped(next)) return next + 1;
      next += 1;
    }
  }

  /** A quote is part of the string when an odd number of backslashes stands before it. */
  #isEscaped(at: number): boolean {
    let before = at - 1;
    while (this.#view.getUint8(before) === backslash) before -= 1;
    return (at - before) % 2 === 0;
  }

  /** A large one in which something is wrong is looked through once more, to tell what. */
  #skipContainer(at: number): number {
    const { length } = this.bytes;
    const end =
      this.#skipUpTo(length > smallTextBytes ? at + smallBytes : length, at) ??
      this.#skipLarge(at) ??
      this.#skipUpTo(length, at);
    if (end === undefined) throw invalid(at, "a bracket opens there and does not close");
    return end;
  }

  #skipLarge(at: number): number | undefined {
    const seenBefore = this.seen.length;
    if (this.#watched !== undefined) large?.watch(this.#watched);
    const end = large?.skip(this.bytes, at, this.#watched && this.seen);
    if (end === undefined) this.seen.length = seenBefore;
    return end;
  }

  /** Offset behind the container at `at`; undefined when it does not end before `limit`. */
  #skipUpTo(limit: number, at: number): number | undefined {
    const view = this.#view;
    const length = Math.min(limit, this.bytes.length);
    const seenBefore = this.seen.length;
    let depth = 0;
    let next = at;
    while (next < length) {
      const byte = view.getUint8(next);
      if (byte === quote) {
        const end = this.#skipWatched(next, length);
        if (end === undefined) break;
        next = end;
        continue;
      }
      // Setting one bit makes a bracket a brace of the same direction, and each closer is its opener plus two.
      const brace = byte | 0x20;
      if (brace === openBrace) {
        if (depth === maxDepth) throw invalid(next, `nested deeper than ${maxDepth} levels`);
        closers[depth] = byte + 2;
        depth += 1;
      } else if (brace === closeBrace) {
        depth -= 1;
        if (closers[depth] !== byte) throw invalid(next, "this bracket closes nothing");
        if (depth === 0) return next + 1;
      }
      next += 1;
    }
    this.seen.length = seenBefore;
    return undefined;
  }

  #skipWatched(at: number, limit: number): number | undefined {
    const end = limit < this.bytes.length ? this.#endOfString(at, limit) : this.#skipString(at);
    const watched = this.#watched;
    if (end !== undefined && watched !== undefined && end - at >= 6) {
      const first = this.#view.getInt32(at + 1);
      if (
        first === watched[0] ||
        first === watched[1] ||
        first === watched[2] ||
        first === watched[3] ||
        first === watched[4] ||
        first === watched[5]
      ) {
        this.seen.push(at);
      }
    }
    return end;
  }

  /** True for true, false, null and whole numbers: nearly all literals are one of these. */
  #isWhole(at: number, end: number): boolean {
    const first = this.#view.getUint8(at);
    if (first === 0x74) return end - at === 4 && this.#view.getInt32(at) === trueBytes;
    if (first === 0x66) return end - at === 5 && this.#view.getInt32(at + 1) === alseBytes;
    if (first === 0x6e) return end - at === 4 && this.#view.getInt32(at) === nullBytes;
    if (first === 0x30) return end - at === 1;
    for (let next = at; next < end; next += 1) if (!isDigit(this.#view.getUint8(next))) return false;
    return true;
  }

  #skipLiteral(at: number): number {
    let next = at;
    while (isLiteral(this.byteAt(next))) next += 1;
    if (next === at) throw invalid(at, "a value was expected");
    const known = this.#isWhole(at, next) || literal.test(decoder.decode(this.bytes.subarray(at, next)));
    if (!known) throw invalid(at, "a value was expected");
    return next;
  }
}

const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/u;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Letters, digits, sign and point: all that can stand in a number or in true, false and null. */
function isLiteral(byte: number): boolean {
  return (
    isDigit(byte) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d || byte === 0x2e || byte === 0x2b || byte === 0x45
  );
}

/** The first four letters of a text as one number, for {@link JsonScanner} to watch for. */
export function fourBytes(prefix: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = new TextEncoder().encode(prefix);
  return (a << 24) | (b << 16) | (c << 8) | d;
}

const trueBytes = fourBytes("true");
const alseBytes = fourBytes("alse");
const nullBytes = fourBytes("null");

function parseString(bytes: Uint8Array, at: number): string {
  try {
    return String(JSON.parse(decoder.decode(bytes)));
  } catch {
    throw invalid(at, "this string holds a raw control character or a broken escape");
  }
}

function invalid(at: number, what: string): TranslatorError {
  return new TranslatorError("invalid-json", `The JSON is not valid at byte ${at}: ${what}.`);
}
