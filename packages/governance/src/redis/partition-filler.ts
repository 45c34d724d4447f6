import type { LimitBook, PartitionState } from "../limits/limit-book.ts";
import type { PartitionFilling } from "./partition-filling.ts";

/** What a filler of partitions needs. */
export interface PartitionFillerOptions {
  readonly book: Pick<LimitBook, "epochs" | "seed">;
  readonly filling: Pick<PartitionFilling, "check" | "seed">;
  /** Told of a partition that was filled, at what time of Redis. */
  readonly onFilled: (partition: string, atMs: number) => void;
}

/**
 * How a partition was found: as it was left, or lost and then filled by this process, or lost and left to another one, or it
 * cannot be known now.
 */
export type Found = "there" | "filled" | "elsewhere" | "unknown";

interface Waiting {
  readonly told: PromiseWithResolvers<Found>;
  /** Whether somebody waits for it, and it is known to be for this process. */
  isAsked: boolean;
}

/** How long a partition that was lost admits nothing, so that steps on their way to the book find theirs. */
const settleMs = 1000;
const [firstAtOnce, mostAtOnce] = [64, 512];
/** Some megabytes. */
const recordsAtOnce = 20_000;
/** While one batch is put into Redis the book is asked for another. */
const batchesAtOnce = 2;
const stepsAtOnce = 64;

/**
 * Fills partitions of Redis from a book, as many with each question to it as fit in memory well; those that somebody asks
 * for come first.
 */
export class PartitionFiller {
  readonly #options: PartitionFillerOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #filling = new Map<string, Promise<Found>>();
  #running = 0;
  #atOnce = firstAtOnce;

  constructor(options: PartitionFillerOptions) {
    this.#options = options;
  }

  /** Fills a partition that was found to be lost. Rejects when the book or Redis does not let it. */
  async fill(partition: string): Promise<void> {
    await this.#add(partition, true);
  }

  /** Fills a partition, unless that was done since an epoch. */
  async fillAfter(partition: string, epoch: number): Promise<void> {
    const states = await this.#options.book.seed(new Map([[partition, epoch]]));
    const state = states.get(partition);
    if (state !== undefined) await this.#seed(partition, state);
  }

  /**
   * Looks whether a partition is lost, when none is left that somebody asks for, and fills it then unless another process
   * does.
   */
  async fillIfLost(partition: string): Promise<Found> {
    return this.#add(partition, false).catch((): Found => "unknown");
  }

  #add(partition: string, isAsked: boolean): Promise<Found> {
    const waiting = this.#waiting.get(partition);
    if (waiting !== undefined) waiting.isAsked ||= isAsked;
    const known = this.#filling.get(partition);
    if (known !== undefined) return known;
    const told = Promise.withResolvers<Found>();
    this.#waiting.set(partition, { told, isAsked });
    this.#filling.set(partition, told.promise);
    if (this.#running < batchesAtOnce) {
      this.#running += 1;
      void this.#run();
    }
    return told.promise;
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.size > 0) {
      const batch = this.#take();
      const records = await this.#fillAll(batch);
      const fitting = records === undefined ? batch.size / 2 : (recordsAtOnce * batch.size) / Math.max(records, 1);
      this.#atOnce = Math.max(1, Math.min(Math.floor(fitting), mostAtOnce));
    }
    this.#running -= 1;
  }

  #take(): Map<string, Waiting> {
    const batch = new Map(
      this.#waiting
        .entries()
        .filter(([, { isAsked }]) => isAsked)
        .take(this.#atOnce),
    );
    const others = this.#waiting.entries().filter(([, { isAsked }]) => !isAsked);
    for (const [partition, waiting] of others.take(this.#atOnce - batch.size)) batch.set(partition, waiting);
    for (const partition of batch.keys()) this.#waiting.delete(partition);
    return batch;
  }

  /** How many records that took; undefined when it has failed. */
  async #fillAll(batch: ReadonlyMap<string, Waiting>): Promise<number | undefined> {
    const left = new Map(batch);
    let records = 0;
    const end = (partition: string, found: Found): void => {
      this.#filling.delete(partition);
      left.get(partition)?.told.resolve(found);
      left.delete(partition);
    };
    try {
      await inParts([...batch], async ([partition, { isAsked }]) => {
        if (isAsked) return;
        const found = await this.#options.filling.check(partition);
        if (found.outcome === "there") end(partition, "there");
        else if (!found.isOurs) end(partition, "elsewhere");
      });
      const { book } = this.#options;
      const states = await book.seed(await book.epochs([...left.keys()]));
      // The others are those that another process has taken.
      for (const partition of left.keys()) if (!states.has(partition)) end(partition, "elsewhere");
      await inParts([...states], async ([partition, state]) => {
        records += state.slots.length + state.holds.length;
        await this.#seed(partition, state);
        end(partition, "filled");
      });
    } catch (error) {
      for (const [partition, { told }] of left) {
        this.#filling.delete(partition);
        told.reject(error);
      }
      return undefined;
    }
    return records;
  }

  async #seed(partition: string, state: PartitionState): Promise<void> {
    const { filling, onFilled } = this.#options;
    // Nothing can be on its way to the book of a partition that was never in use.
    const mark = await filling.seed(partition, state, state.epoch === 1 ? 0 : settleMs);
    if (mark !== undefined) onFilled(partition, mark.atMs);
  }
}

/** Works on some at a time. Rejects when all of those are done of which one has failed. */
async function inParts<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let done = 0; done < items.length; done += stepsAtOnce) {
    const settled = await Promise.allSettled(items.slice(done, done + stepsAtOnce).map(work));
    for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
  }
}
