/** Bytes waiting for their reader; at this many the source is told to stop. */
const fullBytes = 8 * 1024;

/** What the queue tells its owner. */
export interface BodyQueueEvents {
  /** The queue is full: let no more come until `onDrained`. */
  onFull(): void;
  /** The reader has taken everything. */
  onDrained(): void;
  /** The reader waits for bytes (true), or has been served (false). */
  onWaiting(waiting: boolean): void;
  /** The reader left before the end. */
  onLeft(): void;
}

type Reader = PromiseWithResolvers<IteratorResult<Uint8Array, undefined>>;

/**
 * The body of one answer between a socket that pushes and a reader that pulls. All chunks that one read of the socket
 * brings are handed over as one, so that whatever follows runs once and not once per chunk. Read once.
 */
export class BodyQueue implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #events: BodyQueueEvents;
  /** None while nothing waits: a list that does so for long grows old, and what is put into an old one is not collected soon. */
  #chunks: Uint8Array[] | undefined;
  #bytes = 0;
  #full = false;
  #ending: { readonly error: Error | undefined } | undefined;
  #reader: Reader | undefined;
  /** Reads that were asked for while another one waited, in order. */
  readonly #later: Reader[] = [];
  #delivering = false;

  constructor(events: BodyQueueEvents) {
    this.#events = events;
  }

  /** Adds a chunk; the queue keeps the bytes, so they must not be reused. */
  push(chunk: Uint8Array): void {
    if (this.#ending !== undefined || chunk.byteLength === 0) return;
    const chunks = (this.#chunks ??= []);
    chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes >= fullBytes && !this.#full) {
      this.#full = true;
      // A copy: slices hold all that the socket has read, and nobody knows how long they wait.
      this.#chunks = [joined(chunks, this.#bytes)];
      this.#events.onFull();
    }
    this.#schedule();
  }

  /** Ends the body, well or with an error; what has been pushed before still reaches the reader. */
  finish(error?: Error): void {
    if (this.#ending !== undefined) return;
    this.#ending = { error };
    this.#schedule();
  }

  /** Ends the body with an error at once and forgets what has not been read. */
  abandon(error: Error): void {
    if (this.#ending !== undefined) return;
    this.#chunks = undefined;
    this.#bytes = 0;
    this.finish(error);
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#reader !== undefined) {
      const later: Reader = Promise.withResolvers();
      this.#later.push(later);
      return later.promise;
    }
    if (this.#chunks !== undefined) return Promise.resolve({ done: false, value: this.#take(this.#chunks) });
    if (this.#ending !== undefined) return this.#end();
    this.#reader = Promise.withResolvers();
    this.#events.onWaiting(true);
    return this.#reader.promise;
  }

  /** All of a body that has come whole before anybody read of it; undefined otherwise. */
  takeWhole(): Uint8Array | undefined {
    return this.#ending !== undefined && this.#ending.error === undefined ? this.#take(this.#chunks ?? []) : undefined;
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const early = this.#ending === undefined;
    this.#chunks = undefined;
    this.#bytes = 0;
    this.#ending = { error: undefined };
    this.#schedule();
    if (early) this.#events.onLeft();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The HTTP parser calls `push` in a row within one task; a microtask later they have all come. */
  #schedule(): void {
    if (this.#reader === undefined || this.#delivering) return;
    this.#delivering = true;
    queueMicrotask(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#delivering = false;
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    this.#events.onWaiting(false);
    if (this.#chunks !== undefined) reader.resolve({ done: false, value: this.#take(this.#chunks) });
    else reader.resolve(this.#end());
    if (this.#later.length > 0) this.#serveNext();
  };

  /** Nobody who asks now may be quicker than who has asked before. */
  #serveNext(): void {
    this.#reader = this.#later.shift();
    this.#events.onWaiting(true);
    if (this.#chunks !== undefined || this.#ending !== undefined) this.#schedule();
  }

  #take(chunks: readonly Uint8Array[]): Uint8Array {
    const value = chunks.length === 1 ? chunks[0] : undefined;
    const whole = value ?? joined(chunks, this.#bytes);
    this.#chunks = undefined;
    this.#bytes = 0;
    if (this.#full) {
      this.#full = false;
      this.#events.onDrained();
    }
    return whole;
  }

  #end(): Promise<IteratorResult<Uint8Array, undefined>> {
    const error = this.#ending?.error;
    // The error is told once, as a generator would.
    this.#ending = { error: undefined };
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
