/** A clock that a test turns, and sleepers that wake by it. */
export class FakeTime {
  nowMs = 1_000_000_000;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  readonly clock = (): number => this.nowMs;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sleeper = { atMs: this.nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener("abort", () => {
        const index = this.#sleepers.indexOf(sleeper);
        if (index >= 0) this.#sleepers.splice(index, 1);
        reject(signal.reason);
      });
    });

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Turns the clock on, waking each sleeper at its time, after all that follows from the one before. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settled();
    for (;;) {
      const [next] = this.#sleepers.sort((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#sleepers.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
      await settled();
    }
    this.nowMs = untilMs;
  }

  /** Turns the clock until a promise is done. */
  async until<V>(promise: Promise<V>): Promise<V> {
    let isDone = false;
    const done = promise.finally(() => (isDone = true));
    done.catch(() => undefined);
    for (let turns = 0; turns < 10_000; turns++) {
      await settled();
      if (isDone) return done;
      const [next] = this.#sleepers.sort((one, other) => one.atMs - other.atMs);
      await this.advance(next === undefined ? 0 : Math.max(0, next.atMs - this.nowMs));
    }
    throw new Error("nothing wakes it");
  }
}

/** Lets everything happen that needs no time. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
