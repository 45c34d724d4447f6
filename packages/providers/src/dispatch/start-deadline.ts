/** Waits; rejects or resolves as soon as the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** A span of time that ends what is done under its signal. */
export interface Deadline {
  /** Aborted with the caller's own signal, and when the time is over. */
  readonly signal: AbortSignal;
  readonly expired: boolean;
  /** Keeps the time from ending anything; the caller's signal still does. */
  stop(): void;
}

/** Starts the time within which the first content must have come. */
export function startDeadline(ms: number, signal: AbortSignal, sleep: Sleep): Deadline {
  const timer = new AbortController();
  const over = new AbortController();
  const expire = (): void => {
    if (!timer.signal.aborted && !signal.aborted) over.abort();
  };
  void sleep(ms, AbortSignal.any([timer.signal, signal])).then(expire, () => undefined);
  return {
    signal: AbortSignal.any([signal, over.signal]),
    get expired() {
      return over.signal.aborted;
    },
    stop: () => timer.abort(),
  };
}
