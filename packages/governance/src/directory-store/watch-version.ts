import { GovernanceError } from "../errors.ts";
import type { DirectoryWatch, DirectoryWatcher } from "./directory-store.ts";

/**
 * Listens for word that something has changed, until the function that comes back is called. `onLost` says that nothing
 * more will be heard, so that it is tried again.
 */
export type ListenTo = (onWord: () => void, onLost: () => void) => Promise<() => Promise<void>>;

/** How a version is watched. */
export interface VersionWatchSettings {
  /** How often to look without having been told; 2 s unless told. */
  readonly pollMs?: number;
  /** How long a look may take before the store counts as out of reach; 3 s unless told. */
  readonly lookMs?: number;
}

/** What a watch needs. */
export interface VersionWatchOptions extends VersionWatchSettings {
  readonly read: () => Promise<number>;
  /** Ways on which word of changes comes. Each is kept open, and tried again when it is lost. */
  readonly listenTo: readonly ListenTo[];
  readonly since: number;
  readonly watcher: DirectoryWatcher;
}

const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * Watches a version: looks when there is word of a change, when a lost way is open again, and now and then in any case.
 * Keeps no process alive.
 */
export function watchVersion(options: VersionWatchOptions): DirectoryWatch {
  const { pollMs = 2_000 } = options;
  const looks = new Looks(options);
  const ears = options.listenTo.map((listenTo) => new Ear(listenTo, () => looks.soon()));
  const poll = setInterval(() => looks.soon(), pollMs).unref();
  looks.soon();
  return {
    close() {
      clearInterval(poll);
      looks.close();
      for (const ear of ears) ear.close();
    },
  };
}

/** Looks, one after the other. */
class Looks {
  readonly #options: VersionWatchOptions;
  #last: number;
  #looking = false;
  /** There was word of a change after the look under way had begun. */
  #again = false;
  #closed = false;

  constructor(options: VersionWatchOptions) {
    this.#options = options;
    this.#last = options.since;
  }

  soon(): void {
    this.#again = true;
    if (!this.#looking) void this.#look();
  }

  close(): void {
    this.#closed = true;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      const { read, lookMs = 3_000, watcher } = this.#options;
      const seen = await within(lookMs, read);
      if (this.#closed) break;
      if (typeof seen === "number" && seen !== this.#last) {
        this.#last = seen;
        watcher.onVersion(seen);
      }
      watcher.onLook?.(typeof seen === "number" ? undefined : seen);
    }
    this.#looking = false;
  }
}

async function within(ms: number, read: () => Promise<number>): Promise<number | Error> {
  const { promise: late, resolve } = Promise.withResolvers<Error>();
  const give = (): void => resolve(new GovernanceError("store-unavailable", `the store has not answered for ${ms} ms`));
  const timer = setTimeout(give, ms);
  const answer = read().catch((error: unknown) =>
    error instanceof Error ? error : new GovernanceError("store-failed", String(error)),
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One way on which word comes, opened again whenever it is lost. */
class Ear {
  readonly #listenTo: ListenTo;
  readonly #onWord: () => void;
  #end: (() => Promise<void>) | undefined;
  #waitMs = firstWaitMs;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(listenTo: ListenTo, onWord: () => void) {
    this.#listenTo = listenTo;
    this.#onWord = onWord;
    void this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#end?.().catch(() => undefined);
  }

  async #open(): Promise<void> {
    try {
      this.#end = await this.#listenTo(this.#onWord, () => this.#lost());
    } catch {
      this.#lost();
      return;
    }
    if (this.#closed) return this.close();
    this.#waitMs = firstWaitMs;
    // What was said while nobody listened.
    this.#onWord();
  }

  #lost(): void {
    this.#end = undefined;
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#open(), this.#waitMs).unref();
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
  }
}
