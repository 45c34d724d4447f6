import { GovernanceError, isGovernanceError } from "../errors.ts";
import type { Book } from "./book.ts";
import { checkEntry } from "./check-entry.ts";
import type { LedgerEntry } from "./ledger-entry.ts";

/** What a batched book is made of. */
export interface BatchedBookOptions {
  /** Where batches go. */
  readonly book: Book;
  /** How many entries a batch has at most; 500 unless told. */
  readonly mostEntries?: number;
  /** How many may wait; 100,000 unless told. */
  readonly mostWaiting?: number;
}

interface Waiting {
  readonly entries: readonly LedgerEntry[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * A book that adds what comes while a batch is under way together with the next one. `append` still resolves when its
 * entries are durable, and rejects when they are not: nobody's entries are dropped, the one who has them is told. It rejects
 * with a GovernanceError, `store-unavailable`, as well when too many wait.
 */
export function batchedBook({ book, mostEntries = 500, mostWaiting = 100_000 }: BatchedBookOptions): Book {
  const queue = new BatchQueue(book, mostEntries, mostWaiting);
  return {
    append: (entries) => queue.append(entries),
    entriesOf: (requestId) => book.entriesOf(requestId),
    totals: (question) => book.totals(question),
  };
}

class BatchQueue {
  readonly #book: Book;
  readonly #mostEntries: number;
  readonly #mostWaiting: number;
  #waiting: Waiting[] = [];
  #entries = 0;
  #isWriting = false;

  constructor(book: Book, mostEntries: number, mostWaiting: number) {
    this.#book = book;
    this.#mostEntries = mostEntries;
    this.#mostWaiting = mostWaiting;
  }

  async append(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    entries.forEach(checkEntry);
    if (this.#entries + entries.length > this.#mostWaiting) {
      throw new GovernanceError(
        "store-unavailable",
        `${this.#entries} entries wait for the book already; try again later`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ entries, done: resolve, failed: reject });
    this.#entries += entries.length;
    if (!this.#isWriting) void this.#write();
    await promise;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      await this.#writeTogether(batch);
      for (const { entries } of batch) this.#entries -= entries.length;
    }
    this.#isWriting = false;
  }

  #next(): Waiting[] {
    let [count, taken] = [0, 0];
    for (const { entries } of this.#waiting) {
      if (taken > 0 && count + entries.length > this.#mostEntries) break;
      count += entries.length;
      taken += 1;
    }
    return this.#waiting.splice(0, taken);
  }

  /** Entries that are refused must not keep others out, so what is refused together is tried one after the other. */
  async #writeTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#book.append(batch.flatMap(({ entries }) => entries));
      for (const { done } of batch) done();
    } catch (error) {
      const isRefusal = !(isGovernanceError(error) && error.code === "store-unavailable");
      if (isRefusal && batch.length > 1) for (const one of batch) await this.#writeTogether([one]);
      else for (const { failed } of batch) failed(error);
    }
  }
}
