import type { AnswerStream } from "@drawbridge/translator";

/** How long the end of a concluded answer is waited for: long enough for an account of tokens, too short to be noticed. */
const graceMs = 500;

/** What is read of a stream, as far as reading it goes. */
type ReadStream = Pick<AnswerStream, "concluded" | "finished" | "failure">;

/** The bytes of an answer, which are read once. */
export interface AnswerBytes extends AsyncIterableIterator<Uint8Array, void> {
  return(): Promise<IteratorResult<Uint8Array, void>>;
}

/**
 * Gives a provider's bytes until its answer is over, which some servers do not tell by closing the connection: they
 * leave out their last event, or drip comments. An answer that has been cut short here is left at once; behind one
 * that the provider has concluded, its end is waited for a moment (`withinMs`), so that the connection can be used
 * again. Bytes behind a finished answer are not given. Each chunk is to be pushed into `stream` before the next one is
 * asked for.
 */
export function readAnswer(body: AsyncIterable<Uint8Array>, stream: ReadStream, withinMs = graceMs): AnswerBytes {
  return new AnswerReader(body[Symbol.asyncIterator](), stream, withinMs);
}

const over: IteratorResult<Uint8Array, void> = { done: true, value: undefined };
const notYet = Promise.resolve(undefined);

class AnswerReader implements AnswerBytes {
  readonly #source: AsyncIterator<Uint8Array, void>;
  readonly #stream: ReadStream;
  readonly #withinMs: number;
  #deadline: Deadline | undefined;
  #hasLooked = false;
  #isLeft = false;

  constructor(source: AsyncIterator<Uint8Array, void>, stream: ReadStream, withinMs: number) {
    this.#source = source;
    this.#stream = stream;
    this.#withinMs = withinMs;
  }

  next(): Promise<IteratorResult<Uint8Array, void>> {
    const { concluded, finished, failure } = this.#stream;
    if (this.#isLeft || failure !== undefined || (finished && !concluded)) return this.return();
    // Until the provider has concluded, nothing stands between it and the reader.
    return concluded ? this.#last() : this.#source.next();
  }

  return(): Promise<IteratorResult<Uint8Array, void>> {
    this.#isLeft = true;
    this.#deadline?.clear();
    // Not awaited: a source that waits for its next chunk would settle only with it.
    void this.#source.return?.().catch(() => undefined);
    return Promise.resolve(over);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #last(): Promise<IteratorResult<Uint8Array, void>> {
    try {
      for (;;) {
        const next = await this.#nextInTime();
        if (next === undefined || next.done === true) return await this.return();
        if (!this.#stream.finished) return next;
      }
    } catch (error) {
      void this.return();
      throw error;
    }
  }

  /** What comes next; undefined when nothing does in time. Mostly the end has come already, and no timer is needed. */
  async #nextInTime(): Promise<IteratorResult<Uint8Array, void> | undefined> {
    const next = this.#source.next();
    if (!this.#hasLooked) {
      this.#hasLooked = true;
      const there = await Promise.race([next, notYet]);
      if (there !== undefined) return there;
    }
    this.#deadline ??= startDeadline(this.#withinMs);
    return this.#deadline.race(next);
  }
}

interface Deadline {
  /** The promise's value, or undefined once the time is up. */
  race<T>(promise: Promise<T>): Promise<T | undefined>;
  clear(): void;
}

function startDeadline(ms: number): Deadline {
  const { promise: isOver, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return { race: (promise) => Promise.race([promise, isOver]), clear: () => clearTimeout(timer) };
}
