import type { JsonScanner } from "./json-scanner.ts";

/** True when two arrays of the same length hold the same bytes; in Node `Buffer.compare(one, other) === 0`. */
export type SameBytes = (one: Uint8Array, other: Uint8Array) => boolean;

/** Smaller ones are scanned as quickly, larger ones would take the room of many. */
const containerBytes = { least: 4 * 1024, most: 256 * 1024 } as const;

const mostKept = { containers: 128, bytes: 8 * 1024 * 1024 } as const;

/** Of one session come two in turn, and two that trade places all the time gain nothing. */
const nearFront = 4;

/** Once there is no room left, one in so many takes the place of others: where all differ, few are copied in vain. */
const oneIn = 8;

interface Known {
  readonly bytes: Uint8Array;
  /** Where the strings stand in it that the scanner watched for. */
  readonly seen: readonly number[];
  /** Its last four bytes: what differs began alike. */
  readonly tail: number;
}

/**
 * Knows large containers again that come in one request after the other, as a session's tools and its system prompt do:
 * comparing one takes a quarter of the time that scanning it takes. Holds copies of the latest, up to 128 and 8 MB.
 */
export class RecurringContainers {
  readonly #isSame: SameBytes;
  /** Latest first, or nearly so. */
  readonly #known: Known[] = [];
  #bytes = 0;
  #turnedAway = 0;

  constructor(isSame: SameBytes) {
    this.#isSame = isSame;
  }

  /** Does what `scanner.skipValue(at)` does. All scanners have to watch for the same strings. */
  skip(scanner: JsonScanner, at: number): number {
    const known = this.#recall(scanner.bytes, at);
    if (known !== undefined) {
      for (const offset of known.seen) scanner.seen.push(at + offset);
      return at + known.bytes.length;
    }
    const seenBefore = scanner.seen.length;
    const end = scanner.skipValue(at);
    if (!isNumber(scanner.byteAt(end - 1)) && this.#admits(end - at)) {
      const seen = scanner.seen.slice(seenBefore).map((offset) => offset - at);
      this.#keep(new Uint8Array(scanner.bytes.subarray(at, end)), seen);
    }
    return end;
  }

  #recall(bytes: Uint8Array, at: number): Known | undefined {
    const rest = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    for (const [index, known] of this.#known.entries()) {
      const { length } = known.bytes;
      if (length > rest.byteLength || rest.getInt32(length - 4) !== known.tail) continue;
      if (!this.#isSame(known.bytes, new Uint8Array(bytes.buffer, rest.byteOffset, length))) continue;
      if (index >= nearFront) this.#known.unshift(...this.#known.splice(index, 1));
      return known;
    }
    return undefined;
  }

  #admits(bytes: number): boolean {
    if (bytes < containerBytes.least || bytes > containerBytes.most) return false;
    if (this.#known.length < mostKept.containers && this.#bytes + bytes <= mostKept.bytes) return true;
    this.#turnedAway = (this.#turnedAway + 1) % oneIn;
    return this.#turnedAway === 0;
  }

  #keep(bytes: Uint8Array, seen: readonly number[]): void {
    const tail = new DataView(bytes.buffer).getInt32(bytes.length - 4);
    this.#known.unshift({ bytes, seen, tail });
    this.#bytes += bytes.length;
    while (this.#known.length > mostKept.containers || this.#bytes > mostKept.bytes) {
      this.#bytes -= this.#known.pop()?.bytes.length ?? 0;
    }
  }
}

/** The only value that may go on where another one like it ends. */
function isNumber(last: number): boolean {
  return last >= 0x30 && last <= 0x39;
}
