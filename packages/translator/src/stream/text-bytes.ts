const encoder = new TextEncoder();
const nothing = new Uint8Array(0);
const poolBytes = 8 * 1024;
/** Longer ones have a buffer of their own, which nothing holds when they have been sent. */
const longText = 4 * 1024;
/** One letter outside of Latin-1 makes all of a text take ten times as long to encode, so they are joined no further. */
const partLength = 512;

/**
 * Turns the texts of one stream into bytes. They lie side by side in larger buffers: making one for each would cost
 * more than writing them, and TextEncoder's own takes twice as long for letters outside of Latin-1.
 */
export class TextBytes {
  #free = nothing;
  /** Those that have come to their length. No list while there are none: one that waits grows old. */
  #parts: string[] | undefined;
  #part = "";
  #length = 0;

  /** Puts a text behind those that wait to be taken. It ends with a whole letter: the next one may be encoded apart. */
  add(text: string): void {
    this.#length += text.length;
    this.#part += text;
    if (this.#part.length < partLength) return;
    (this.#parts ??= []).push(this.#part);
    this.#part = "";
  }

  /** All that was added since the last time, in UTF-8. */
  take(): Uint8Array {
    const length = this.#length;
    if (length === 0) return nothing;
    const isLong = length > longText;
    if (!isLong && this.#free.length < length) this.#free = new Uint8Array(poolBytes);
    const room = isLong ? new Uint8Array(length + (length >> 3)) : this.#free;
    const parts = this.#parts ?? none;
    const last = this.#part;
    this.#parts = undefined;
    this.#part = "";
    this.#length = 0;
    let end: number | undefined = 0;
    for (const part of parts) end = encodeAt(end, part, room);
    end = encodeAt(end, last, room);
    if (!isLong) this.#free = end === undefined ? nothing : room.subarray(end);
    return end === undefined ? encoder.encode(parts.join("") + last) : room.subarray(0, end);
  }
}

const none: readonly string[] = [];

/** Where the text ends that is written at an offset; undefined when there is not enough room for it. */
function encodeAt(start: number | undefined, text: string, room: Uint8Array): number | undefined {
  if (start === undefined || text === "") return start;
  const { read, written } = encoder.encodeInto(text, start === 0 ? room : room.subarray(start));
  return read < text.length ? undefined : start + written;
}
