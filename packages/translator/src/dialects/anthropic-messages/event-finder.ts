import { deltaHead, deltaScan } from "./delta-scan.ts";

/** Events that say something beyond content; everything else passes unread. */
export type FoundName =
  | "message_start"
  | "content_block_start"
  | "message_delta"
  | "message_stop"
  | "error"
  | "nameless";

/** One complete event of interest. */
export interface FoundEvent {
  readonly name: FoundName;
  /** Its data lines, joined by newlines; empty for the names whose data nobody reads. */
  readonly data: string;
  /** Where it begins in the chunk that completes it; 0 when an earlier chunk holds its beginning. */
  readonly start: number;
  /** Offset behind its blank line. */
  readonly end: number;
}

/** Events that hold nothing that was written, so that they count for nothing. */
type EmptyName = "ping" | "content_block_stop";
type Name = FoundName | EmptyName | "passing";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const decoder = new TextDecoder();
/** Scratch of one call that calls nobody. */
const deltas = deltaScan();

/**
 * Finds the few events of a Messages stream that are worth reading, in bytes that are cut anywhere. Nearly all
 * bytes are only searched for line ends: no text is decoded and nothing is allocated for an event of content.
 */
export class EventFinder {
  /** Offset in the chunk of the last call behind all that is complete: events, comments, blank lines. */
  boundary = 0;
  /** Length of the data lines of content events seen so far, field name included, and their number. */
  contentBytes = 0;
  contentEvents = 0;
  #name: Name = "nameless";
  #data: string[] = [];
  /** A field of the current event has been seen. */
  #open = false;
  /** The beginning of a line whose end is still to come … */
  #line: Uint8Array[] = [];
  /** … or only the fact, when nobody wants to know it. */
  #passing = false;
  #afterReturn = false;
  #first = true;

  /** The next event of interest that ends in this chunk at or after `from`; call again from its end until undefined. */
  next(chunk: Uint8Array, from: number): FoundEvent | undefined {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (from === 0) this.boundary = 0;
    let at = from;
    while (at < chunk.length) {
      const behind = this.#open || this.#first ? at : this.#passDeltas(chunk, view, at);
      if (behind > at) {
        this.boundary = behind;
        at = behind;
        continue;
      }
      const end = findLineEnd(view, at);
      if (end === chunk.length) {
        this.#keepLine(chunk, at);
        return undefined;
      }
      const start = at;
      at = end + 1;
      if (this.#afterReturn && end === start && view.getUint8(end) === lineFeed) {
        this.#afterReturn = false;
        if (!this.#open) this.boundary = at;
        continue;
      }
      this.#afterReturn = view.getUint8(end) === carriageReturn;
      const found = this.#endLine(chunk, start, end);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Offset behind the events of content that begin at `at`, or `at` when none does that is complete. */
  #passDeltas(chunk: Uint8Array, view: DataView, at: number): number {
    const many = deltas?.pass(chunk, at) ?? at;
    const behind = many > at ? many : endOfDelta(view, at);
    if (behind === at) return at;
    const count = many > at ? (deltas?.count ?? 1) : 1;
    this.#afterReturn = false;
    this.contentEvents += count;
    this.contentBytes += behind - at - count * (deltaLine.length + blankLineBytes);
    return behind;
  }

  /** Takes one complete line in; gives the event that it closes, if it is of interest. */
  #endLine(chunk: Uint8Array, start: number, end: number): FoundEvent | undefined {
    if (this.#passing) {
      this.#passing = false;
      this.contentBytes += end - start;
    } else if (this.#line.length > 0) {
      const line = concat([...this.#line, chunk.subarray(start, end)]);
      this.#line = [];
      this.#readLine(line, 0, line.length);
    } else if (end > start) {
      this.#readLine(chunk, start, end);
    } else {
      return this.#closeEvent(end + 1);
    }
    if (!this.#open) this.boundary = end + 1;
    return undefined;
  }

  #closeEvent(end: number): FoundEvent | undefined {
    const name = this.#name;
    const start = this.boundary;
    this.boundary = end;
    this.#open = false;
    this.#name = "nameless";
    if (name === "passing" || isEmpty(name) || (name === "nameless" && this.#data.length === 0)) return undefined;
    const data = this.#data.join("\n");
    this.#data = [];
    return { name, data, start, end };
  }

  #keepLine(chunk: Uint8Array, at: number): void {
    const begins = this.#line.length === 0 && !this.#passing;
    if (begins && this.#name === "passing" && chunk[at] === letterD) {
      this.#passing = true;
      this.contentEvents += 1;
    }
    if (this.#passing) this.contentBytes += chunk.length - at;
    else this.#line.push(chunk.subarray(at));
    this.#open = true;
  }

  /** Reads `event:` and `data:` lines; other fields mean nothing here, and comments leave no event open. */
  #readLine(bytes: Uint8Array, from: number, end: number): void {
    const start = this.#first && bytes[from] === 0xef ? from + 3 : from;
    this.#first = false;
    if (bytes[start] === colon) {
      this.#open = this.#name !== "nameless" || this.#data.length > 0;
      return;
    }
    this.#open = true;
    if (startsWith(bytes, start, dataField)) this.#readData(bytes, start + dataField.length, end);
    else if (startsWith(bytes, start, eventField))
      this.#name = nameAt(bytes, skipBlank(bytes, start + eventField.length), end);
  }

  #readData(bytes: Uint8Array, start: number, end: number): void {
    if (this.#name === "passing") {
      this.contentEvents += 1;
      this.contentBytes += end - start + dataField.length;
      return;
    }
    if (this.#name === "message_stop" || isEmpty(this.#name)) return;
    this.#data.push(decoder.decode(bytes.subarray(skipBlank(bytes, start), end)));
  }
}

const letterD = 0x64;
const dataField = bytesOf("data:");
const eventField = bytesOf("event:");
const deltaLine = bytesOf("event: content_block_delta\n");
const blankLineBytes = 2;
/** {@link deltaHead} as eight words of four bytes. */
const deltaWords = wordsOf(deltaHead);

const names = (
  [
    "message_start",
    "content_block_start",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "error",
    "ping",
  ] as const
).map((name) => ({ name, bytes: bytesOf(name), last: name.charCodeAt(name.length - 1) }));

function isEmpty(name: Name): name is EmptyName {
  return name === "ping" || name === "content_block_stop";
}

/** The name between two offsets. The last letter is looked at first: it tells nearly all events of content apart. */
function nameAt(bytes: Uint8Array, start: number, end: number): Name {
  const length = end - start;
  const last = bytes[end - 1];
  for (const candidate of names) {
    const fits = candidate.last === last && candidate.bytes.length === length;
    if (fits && startsWith(bytes, start, candidate.bytes)) return candidate.name;
  }
  return "passing";
}

function skipBlank(bytes: Uint8Array, at: number): number {
  return bytes[at] === 0x20 ? at + 1 : at;
}

function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[at + index] !== prefix[index]) return false;
  }
  return true;
}

/**
 * Offset of the next line feed or carriage return, or the length. Sixteen bytes a round are tested for control characters,
 * read with their first byte lowest, so that the lowest mark is exact.
 */
function findLineEnd(view: DataView, from: number): number {
  const length = view.byteLength;
  let at = from;
  while (at + 16 <= length) {
    const a = view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    const inAB = ((a - 0x0e0e0e0e) & ~a) | ((b - 0x0e0e0e0e) & ~b);
    const inCD = ((c - 0x0e0e0e0e) & ~c) | ((d - 0x0e0e0e0e) & ~d);
    if (((inAB | inCD) & 0x80808080) === 0) {
      at += 16;
      continue;
    }
    if ((inAB & 0x80808080) === 0) at += 8;
    const marks = controlsIn(view.getInt32(at, true));
    at += marks === 0 ? 4 + lowestByte(controlsIn(view.getInt32(at + 4, true))) : lowestByte(marks);
    if (isLineEnd(view.getUint8(at))) return at;
    at += 1;
  }
  while (at < length && !isLineEnd(view.getUint8(at))) at += 1;
  return at;
}

/** The highest bit of each byte below 0x0e, and perhaps of some above the lowest of them. */
function controlsIn(word: number): number {
  return (word - 0x0e0e0e0e) & ~word & 0x80808080;
}

function lowestByte(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}

function isLineEnd(byte: number): boolean {
  return byte === lineFeed || byte === carriageReturn;
}

/**
 * Offset behind the event of content that begins at `at` and is complete, or `at` for anything else. Nearly every event is
 * one of these, and taking it as a whole costs half of reading it line by line.
 */
function endOfDelta(view: DataView, at: number): number {
  if (at + deltaHead.length > view.byteLength) return at;
  for (let index = 0; index < deltaWords.length; index += 1) {
    if (view.getInt32(at + index * 4) !== deltaWords[index]) return at;
  }
  const end = findLineEnd(view, at + deltaHead.length);
  const isWhole = end + 1 < view.byteLength && view.getUint8(end) === lineFeed && view.getUint8(end + 1) === lineFeed;
  return isWhole ? end + blankLineBytes : at;
}

function wordsOf(text: string): readonly number[] {
  const bytes = bytesOf(text);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(index * 4));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** All pieces in one; the piece itself when there is but one. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
