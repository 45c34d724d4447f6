import type { AnswerStream } from "@drawbridge/translator";

/** How long the end of a concluded answer is waited for: long enough for an account of tokens, too short to be noticed. */
const graceMs = 500;

/**
 * Gives a provider's bytes until its answer is over, which some servers do not tell by closing the connection: they
 * leave out their last event, or drip comments. An answer that has been cut short here is left at once; behind one
 * that the provider has concluded, its end is waited for a moment (`withinMs`), so that the connection can be used
 * again. Bytes behind a finished answer are not given. Each chunk is to be pushed into `stream` before the next one is
 * asked for.
 */
export async function* readAnswer(
  body: AsyncIterable<Uint8Array>,
  stream: Pick<AnswerStream, "concluded" | "finished" | "failure">,
  withinMs = graceMs,
): AsyncGenerator<Uint8Array, void> {
  const source = body[Symbol.asyncIterator]();
  let deadline: Deadline | undefined;
  try {
    while (stream.failure === undefined && (stream.concluded || !stream.finished)) {
      if (stream.concluded) deadline ??= startDeadline(withinMs);
      const next = await nextWithin(source, deadline);
      if (next === undefined || next.done === true) return;
      if (!stream.finished) yield next.value;
    }
  } finally {
    deadline?.clear();
    // Not awaited: a source that waits for its next chunk would settle only with it.
    void source.return?.().catch(() => undefined);
  }
}

function nextWithin<T>(
  source: AsyncIterator<T>,
  deadline: Deadline | undefined,
): Promise<IteratorResult<T> | undefined> {
  return deadline === undefined ? source.next() : deadline.race(source.next());
}

interface Deadline {
  /** The promise's value, or undefined once the time is up. */
  race<T>(promise: Promise<T>): Promise<T | undefined>;
  clear(): void;
}

function startDeadline(ms: number): Deadline {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return { race: (promise) => Promise.race([promise, over]), clear: () => clearTimeout(timer) };
}
