/**
 * The body of a request for undici, which keeps what it is given until the answer is over: that may take minutes, and a
 * body may be megabytes. What it keeps of this one is empty as soon as it has been written. Can be read once.
 */
export class OnceBody implements Iterable<Uint8Array> {
  #bytes: Uint8Array | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  *[Symbol.iterator](): Generator<Uint8Array, void, undefined> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    if (bytes !== undefined) yield bytes;
  }
}
