import { estimateTokens } from "@drawbridge/translator";

/** What an answer says, as far as it was heard. */
export interface HeardTokens {
  /** Output tokens that it comes to, by its characters; what a model makes of them is in proportion. */
  readonly tokens: number;
  /** True for text of which vocabularies make more or less than of prose and code: other scripts, numbers, base64. */
  readonly isUnusual: boolean;
}

/** So many pieces are looked at whole; of each round of further ones, the first few, which follow each other. */
const [firstPieces, roundPieces, lookedAt] = [64, 64, 8];
/** A piece is rarely longer; of one that is, its beginning. */
const mostBytes = 4_096;
/** Text is estimated in runs as long as this: a piece may be one token, which says little of its own. */
const runLength = 512;
/** What share of digits, capitals and other scripts makes a text unusual. */
const unusualShare = 0.2;

/**
 * Listens to an answer on its way to the client, whatever wire format it has, and says what it comes to. Looks at a part of
 * a long one, so that it costs next to nothing for each piece.
 */
export class HeardText {
  #pieces = 0;
  #bytes = 0;
  #lookedBytes = 0;
  #tokens = 0;
  #run = "";
  #textBytes = 0;
  #unusualBytes = 0;

  /** The next piece: whole events, or a whole answer. */
  take(piece: Uint8Array): void {
    const number = this.#pieces++;
    this.#bytes += piece.length;
    if (number >= firstPieces && number % roundPieces >= lookedAt) return;
    const looked = Math.min(piece.length, mostBytes);
    this.#lookedBytes += looked;
    this.#look(Buffer.from(piece.buffer, piece.byteOffset, looked));
    if (this.#run.length >= runLength) this.#closeRun();
  }

  /** What was heard; undefined where no text was found. */
  get heard(): HeardTokens | undefined {
    const looked = this.#tokens + (this.#run === "" ? 0 : estimateTokens(this.#run));
    if (looked === 0) return undefined;
    return {
      tokens: (looked * this.#bytes) / this.#lookedBytes,
      isUnusual: this.#unusualBytes > unusualShare * this.#textBytes,
    };
  }

  #closeRun(): void {
    this.#tokens += estimateTokens(this.#run);
    this.#run = "";
  }

  /** Finds the strings of JSON that a model has written, by the names under which the wire formats carry them. */
  #look(bytes: Buffer): void {
    let isText = false;
    for (let at = bytes.indexOf(quote); at !== -1;) {
      const start = at + 1;
      const end = endOfString(bytes, start);
      if (isText && end > start) this.#takeText(bytes, start, end);
      const value = bytes[end + 1] === colon ? (bytes[end + 2] === blank ? end + 3 : end + 2) : -1;
      isText = bytes[value] === quote && isTextName(bytes, start, end);
      at = isText ? value : bytes.indexOf(quote, end + 1);
    }
  }

  #takeText(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a)) this.#unusualBytes += 1;
    }
    this.#textBytes += end - start;
    const written = bytes.toString("utf8", start, end);
    this.#run += written.includes("\\") ? unescaped(written) : written;
  }
}

const quote = 0x22;
const colon = 0x3a;
const blank = 0x20;
const backslash = 0x5c;

/** Offset of the quotation mark that ends a string, or the length. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return Math.min(at, bytes.length);
}

/** By length, those of the Messages API first: an answer has thousands of them. */
const names: readonly (readonly Buffer[])[] = [
  "text",
  "thinking",
  "partial_json",
  "content",
  "arguments",
  "delta",
  "reasoning",
  "reasoning_content",
].reduce<Buffer[][]>((byLength, name) => {
  (byLength[name.length] ??= []).push(Buffer.from(name));
  return byLength;
}, []);

function isTextName(bytes: Buffer, start: number, end: number): boolean {
  const candidates = names[end - start];
  return candidates !== undefined && candidates.some((name) => name.compare(bytes, start, end) === 0);
}

/** A string of JSON as it is meant; as it stands where it was cut. */
function unescaped(written: string): string {
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return written;
  }
}
