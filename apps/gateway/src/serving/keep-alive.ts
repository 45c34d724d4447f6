/** Something that must not stay silent for long. Times are milliseconds of the same clock. */
export interface Watched {
  /** When its last byte was written. */
  readonly lastByteMs: number;
  /** Called once it has been silent for the limit. */
  onSilence(): void;
}

/** Watches all open streams with one timer, so that a stream costs no timer of its own and a write costs nothing. */
export interface KeepAlive {
  watch(stream: Watched): void;
  forget(stream: Watched): void;
  close(): void;
}

export interface KeepAliveOptions {
  readonly silenceMs: number;
  readonly clock: () => number;
}

/** Starts a watch that calls `onSilence` of every stream that wrote nothing for `silenceMs` (a quarter late at most). */
export function createKeepAlive({ silenceMs, clock }: KeepAliveOptions): KeepAlive {
  const streams = new Set<Watched>();
  const everyMs = Math.max(5, Math.min(500, silenceMs / 4));
  const timer = setInterval(() => {
    const before = clock() - silenceMs;
    for (const stream of streams) if (stream.lastByteMs <= before) stream.onSilence();
  }, everyMs);
  timer.unref();
  return {
    watch: (stream) => void streams.add(stream),
    forget: (stream) => void streams.delete(stream),
    close: () => clearInterval(timer),
  };
}
