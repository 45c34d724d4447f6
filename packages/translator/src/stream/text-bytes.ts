const encoder = new TextEncoder();
const nothing = new Uint8Array(0);
const poolBytes = 8 * 1024;
/** Longer ones have a buffer of their own, which nothing holds when they have been sent. */
const longText = 2 * 1024;

/**
 * Turns the texts of one stream into bytes. They lie side by side in larger buffers: making one for each would cost
 * more than writing them, and TextEncoder's own takes twice as long for letters outside of Latin-1.
 */
export class TextBytes {
  #free = nothing;

  /** The text in UTF-8. */
  of(text: string): Uint8Array {
    if (text === "") return nothing;
    const isLong = text.length > longText;
    if (!isLong && this.#free.length < text.length) this.#free = new Uint8Array(poolBytes);
    const room = isLong ? new Uint8Array(text.length + (text.length >> 3)) : this.#free;
    const { read, written } = encoder.encodeInto(text, room);
    if (read < text.length) return encoder.encode(text);
    if (!isLong) this.#free = room.subarray(written);
    return room.subarray(0, written);
  }
}
