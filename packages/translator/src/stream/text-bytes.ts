const encoder = new TextEncoder();
const nothing = new Uint8Array(0);
const poolBytes = 8 * 1024;

/**
 * Turns the texts of one stream into bytes. They lie side by side in larger buffers: making one for each would cost
 * more than writing them, and TextEncoder's own takes twice as long for letters outside of Latin-1.
 */
export class TextBytes {
  #free = nothing;

  /** The text in UTF-8. */
  of(text: string): Uint8Array {
    if (text === "") return nothing;
    if (this.#free.length < text.length)
      this.#free = new Uint8Array(Math.max(poolBytes, text.length + (text.length >> 3)));
    const { read, written } = encoder.encodeInto(text, this.#free);
    if (read < text.length) return encoder.encode(text);
    const bytes = this.#free.subarray(0, written);
    this.#free = this.#free.subarray(written);
    return bytes;
  }
}
