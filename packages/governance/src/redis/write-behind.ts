import { GovernanceError } from "../errors.ts";
import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import { mergeHolds } from "../limits/hold-record.ts";
import type { LimitBook } from "../limits/limit-book.ts";
import type { WrittenHold } from "./partition-filling.ts";

/** A step that was made, with the epoch it was made in; -1 for one that the partition has not seen. */
export type MadeStep = Omit<WrittenHold, "writtenIn" | "isNews">;

/** What writing behind needs. */
export interface WriteBehindOptions {
  readonly book: LimitBook;
  /** Told of what has been written. */
  readonly onWritten: (holds: readonly WrittenHold[]) => void;
  /** Told when the book begins to fail and when it works again. */
  readonly onChange: (failure: Error | undefined) => void;
  /** How long to wait for a hold to be written. */
  readonly patienceMs: number;
}

const mostAtOnce = 500;
const [firstPauseMs, longestPauseMs] = [25, 200];
/** Many times what a write takes. */
const lateMs = 50;
/** No book that works takes so long for one. */
const silentMs = 1_000;

/**
 * Writes steps into a book, what comes during a write with the next one, and again until it works. Of several steps of a
 * hold that wait, one is written that says all.
 */
export class WriteBehind {
  readonly #options: WriteBehindOptions;
  #waiting = new Map<string, MadeStep>();
  #writing: ReadonlyMap<string, MadeStep> = new Map();
  readonly #told = new Map<string, PromiseWithResolvers<void>>();
  readonly #failed = new Set<string>();
  #isRunning = false;
  #writingSinceMs = Number.POSITIVE_INFINITY;
  #failure: Error | undefined;
  #isClosed = false;
  /** Smaller after each failure, so that a record that cannot be written holds up no others in the end. */
  #atOnce = mostAtOnce;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
  }

  /** How many holds wait. */
  get behind(): number {
    return this.#waiting.size + this.#writing.size;
  }

  /** True from a write that failed to one that works. */
  get isFailing(): boolean {
    return this.#failure !== undefined;
  }

  /** True while a write takes so long that the book may have stopped answering. */
  get isLate(): boolean {
    return performance.now() - this.#writingSinceMs > lateMs;
  }

  /** True while a write takes longer than one ever does. */
  get isSilent(): boolean {
    return performance.now() - this.#writingSinceMs > silentMs;
  }

  /** Whether a step of a hold waits. */
  has(key: string): boolean {
    return this.#waiting.has(key) || this.#writing.has(key);
  }

  /** Takes a step. */
  add({ record, madeIn }: MadeStep): void {
    const key = holdKey(record);
    const earlier = this.#waiting.get(key);
    if (earlier === undefined) this.#waiting.set(key, { record, madeIn });
    else {
      const merged = { record: mergeHolds(earlier.record, record), madeIn: Math.min(earlier.madeIn, madeIn) };
      this.#waiting.set(key, { ...earlier, ...merged });
    }
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Resolves when all that was taken of a hold is written. Rejects with `store-unavailable` when that takes too long. */
  async written(hold: HoldRef): Promise<void> {
    const key = holdKey(hold);
    if (!this.has(key)) return;
    const told = this.#told.get(key) ?? Promise.withResolvers<void>();
    this.#told.set(key, told);
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(unwritten(this.#failure)), this.#options.patienceMs);
    try {
      await Promise.race([told.promise, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when nothing waits, or when a write fails: then with false. */
  async flush(): Promise<boolean> {
    while (this.behind > 0) {
      if (this.#failure !== undefined) return false;
      await pause(1);
    }
    return true;
  }

  /** Writes what waits as far as that goes, and no more from then on. */
  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    let pauseMs = firstPauseMs;
    // What is added in the same turn goes together.
    await pause(0);
    while (this.#waiting.size > 0 && !this.#isClosed) {
      const batch = this.#take();
      this.#writing = batch;
      this.#writingSinceMs = performance.now();
      const failure = await this.#write([...batch.values()]);
      this.#writingSinceMs = Number.POSITIVE_INFINITY;
      this.#writing = new Map();
      this.#note(batch.keys(), failure);
      if (failure === undefined) {
        pauseMs = firstPauseMs;
        this.#atOnce = Math.min(this.#atOnce * 2, mostAtOnce);
        this.#tell(batch.keys());
        continue;
      }
      this.#atOnce = Math.max(1, Math.floor(batch.size / 2));
      for (const step of batch.values()) this.#putBack({ ...step, isRepeated: true });
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
    this.#isRunning = false;
  }

  /** It works again when all is written that could not be. */
  #note(keys: Iterable<string>, failure: Error | undefined): void {
    for (const key of keys) {
      if (failure === undefined) this.#failed.delete(key);
      else this.#failed.add(key);
    }
    const before = this.#failure;
    if (failure !== undefined || this.#failed.size === 0) this.#failure = failure;
    if ((before === undefined) !== (this.#failure === undefined)) this.#options.onChange(this.#failure);
  }

  async #write(steps: readonly MadeStep[]): Promise<Error | undefined> {
    try {
      const applied = await this.#options.book.apply(steps.map(({ record }) => record));
      this.#options.onWritten(
        steps.map((step) => {
          const { partition, id } = step.record;
          const { epoch = 0, ended } = applied.get(partition) ?? {};
          return { ...step, writtenIn: epoch, isNews: ended?.has(id) !== true };
        }),
      );
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new GovernanceError("store-failed", String(error));
    }
  }

  #take(): ReadonlyMap<string, MadeStep> {
    if (this.#waiting.size <= this.#atOnce) {
      const all = this.#waiting;
      this.#waiting = new Map();
      return all;
    }
    const some = new Map(this.#waiting.entries().take(this.#atOnce));
    for (const key of some.keys()) this.#waiting.delete(key);
    return some;
  }

  #putBack(step: MadeStep): void {
    const key = holdKey(step.record);
    const later = this.#waiting.get(key);
    if (later === undefined) this.#waiting.set(key, step);
    else {
      const record = mergeHolds(step.record, later.record);
      this.#waiting.set(key, { ...step, record, madeIn: Math.min(step.madeIn, later.madeIn) });
    }
  }

  #tell(keys: Iterable<string>): void {
    for (const key of keys) {
      if (this.#waiting.has(key)) continue;
      this.#told.get(key)?.resolve();
      this.#told.delete(key);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms === 0) setImmediate(resolve);
    else setTimeout(resolve, ms).unref();
  });
}

function unwritten(cause: Error | undefined): GovernanceError {
  const reason = cause === undefined ? "it has not answered" : cause.message;
  return new GovernanceError(
    "store-unavailable",
    `a hold could not be written down in time (${reason}); try again soon`,
    {
      cause,
    },
  );
}
