import { ProviderError } from "./errors.ts";

/** Something that holds until a moment. */
export interface Perishable<T> {
  readonly value: T;
  /** Epoch milliseconds; undefined when it never ends. */
  readonly endsMs: number | undefined;
}

/** Where something perishable comes from. */
export interface FreshSource<T> {
  readonly fetch: () => Promise<Perishable<T>>;
  /** Makes the error that is thrown in place of what went wrong. */
  readonly failure: (error: unknown) => ProviderError;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

// The vendors' libraries keep tokens too, and let go of them five minutes before they end; asked earlier, they would
// give the old one once more.
const renewBeforeMs = 240_000;
/** What ends this soon may not hold any longer where it is read. */
const marginMs = 5_000;
/** Between two renewals of what still holds. */
const pauseMs = 10_000;
// Libraries ask again and again for metadata services that are not there, and some of them without a limit.
const limitMs = 10_000;

/** What a source gives, kept. */
export interface Fresh<T> {
  /**
   * Answers at once while something holds; otherwise rejects with the source's failure, after 10 s without an answer
   * too, or with a ProviderError `cancelled` when the signal aborts.
   */
  readonly get: (signal: AbortSignal) => T | Promise<T>;
  /** Has it fetched anew behind the calls, but not again and again. */
  readonly renew: () => void;
}

/**
 * Keeps what a source gives. It is fetched once for all who ask at the same time and renewed ahead of its end, while the
 * old one is given out and no refusal is told.
 */
export function keepFresh<T>({ fetch, failure, now }: FreshSource<T>): Fresh<T> {
  let held: Perishable<T> | undefined;
  let fetching: Promise<T> | undefined;
  let quietUntilMs = -Infinity;

  async function fetchNew(): Promise<T> {
    try {
      held = await inTime(fetch());
      return held.value;
    } catch (error) {
      throw failure(error);
    } finally {
      fetching = undefined;
    }
  }

  function renew(): void {
    if (now() < quietUntilMs) return;
    quietUntilMs = now() + pauseMs;
    // What holds is enough; a refusal is told once nothing does.
    (fetching ??= fetchNew()).catch(() => undefined);
  }

  function get(signal: AbortSignal): T | Promise<T> {
    const leftMs = held === undefined ? 0 : (held.endsMs ?? Infinity) - now();
    if (held === undefined || leftMs <= marginMs) return unlessAborted((fetching ??= fetchNew()), signal);
    if (leftMs < renewBeforeMs) renew();
    return held.value;
  }

  return { get, renew };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(`no answer within ${limitMs / 1_000} s`), limitMs);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

/** Who leaves no longer waits; the others still do. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = (): void => {
    reject(new ProviderError({ kind: "cancelled", message: "the request was cancelled before it was authorised" }));
  };
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener("abort", leave));
}
