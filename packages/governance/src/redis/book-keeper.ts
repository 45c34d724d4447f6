import { holdKey, type HoldRef } from "../limits/hold-ref.ts";
import { type HoldRecord, mergeHolds } from "../limits/hold-record.ts";
import type { Demand } from "../limits/demand.ts";
import type { LimitBook } from "../limits/limit-book.ts";
import { PartitionFiller } from "./partition-filler.ts";
import type { PartitionFilling, WrittenHold } from "./partition-filling.ts";
import { WriteBehind } from "./write-behind.ts";

/** What a book keeper needs. */
export interface BookKeeperOptions {
  readonly book: LimitBook;
  readonly filling: PartitionFilling;
  /** Told of a partition that was filled, at what time of Redis. */
  readonly onFilled: (partition: string, atMs: number) => void;
  /** Told when the book begins to fail and when it works again. */
  readonly onChange: (failure: Error | undefined) => void;
  /** How long to wait for a hold to be written. */
  readonly patienceMs: number;
}

/** How a hold ended that Redis cannot be told of. */
interface UnseenClose {
  readonly used: Demand;
  readonly atMs: number;
  /** When it may be written; at once unless told. */
  readonly accounted: Promise<void> | undefined;
}

/** Holds of a partition that have expired, and the epoch that it was filled in. */
interface ExpiredHolds {
  readonly partition: string;
  readonly records: readonly HoldRecord[];
  readonly load: number;
}

/** A hold that was written down too late for a filling, and since when it is to be added to Redis. */
type LateHold = WrittenHold & { readonly sinceMs: number };

/** Long after a filling is done whose epoch was raised. */
const overdueMs = 1000;
const retryMs = 50;
/** From then on the deciding store may have forgotten that a hold has ended. */
const mergedWithinMs = 10 * 60 * 1000;

/**
 * Keeps a book of what happens in the partitions of Redis, and fills them from it when they have lost something. What was
 * written down too late for a filling is added afterwards, once.
 */
export class BookKeeper {
  readonly #options: BookKeeperOptions;
  readonly #behind: WriteBehind;
  /** Holds of this process that have not ended. */
  readonly #own = new Map<string, HoldRecord>();
  readonly #late = new Map<string, LateHold>();
  readonly #filler: PartitionFiller;
  #merging: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(options: BookKeeperOptions) {
    this.#options = options;
    const { book, filling, onFilled, onChange, patienceMs } = options;
    this.#filler = new PartitionFiller({ book, filling, onFilled });
    this.#behind = new WriteBehind({ book, onChange, patienceMs, onWritten: (holds) => this.#written(holds) });
  }

  /** What fills partitions. */
  get filling(): PartitionFilling {
    return this.#options.filling;
  }

  /** Fills partitions of Redis that have lost something. */
  get filler(): PartitionFiller {
    return this.#filler;
  }

  /** How many holds wait to be written. */
  get behind(): number {
    return this.#behind.behind;
  }

  /** True while the book takes nothing. */
  get isFailing(): boolean {
    return this.#behind.isFailing;
  }

  /** True while a write takes so long that the book may have stopped answering. */
  get isLate(): boolean {
    return this.#behind.isLate;
  }

  /** True while a write takes so long that the book is taken to be away. */
  get isSilent(): boolean {
    return this.#behind.isSilent;
  }

  /** The hold of this process that has not ended, as far as is known here. */
  own(hold: HoldRef): HoldRecord | undefined {
    return this.#own.get(holdKey(hold));
  }

  /** Takes a step of a hold of this process, made in an epoch; written when `accounted` resolves, at once without it. */
  took(record: HoldRecord, madeIn: number, accounted?: Promise<void>): void {
    if (record.state === "closed") this.#own.delete(holdKey(record));
    else this.#own.set(holdKey(record), record);
    if (accounted === undefined) this.#behind.add({ record, madeIn });
    else void accounted.then(() => this.#behind.add({ record, madeIn }));
  }

  /** Takes a step that a sweep made of anybody's hold. */
  swept(record: HoldRecord, madeIn: number): void {
    this.#behind.add({ record, madeIn });
  }

  /**
   * Of holds that have expired in a partition, which was filled in the epoch `load`, those whose end the book does not
   * know: all where it cannot be asked. Redis is told of the others, whose owners could not.
   */
  async notEnded({ partition, records, load }: ExpiredHolds): Promise<readonly HoldRecord[]> {
    if (records.length === 0) return records;
    const { book, filling } = this.#options;
    try {
      const ids = records.map(({ id }) => id);
      const ended = await book.ended(partition, ids);
      const written = [...ended.values()].map((record) => ({ record, madeIn: -1, writtenIn: load }));
      // What cannot be said now is found by an audit.
      if (written.length > 0) await filling.merge(partition, written).catch(() => undefined);
      return records.filter(({ id }) => !ended.has(id));
    } catch {
      return records;
    }
  }

  /** Whether the book knows the end of a hold. */
  async hasEnded({ id, partition = "" }: HoldRef): Promise<boolean> {
    return (await this.#options.book.ended(partition, [id])).has(id);
  }

  /** Ends a hold of this process that Redis cannot be told of; false for one that is not known here. */
  closeWithout(hold: HoldRef, { used, atMs, accounted }: UnseenClose): boolean {
    const record = this.own(hold);
    if (record === undefined) return false;
    this.took({ ...record, state: "closed", used, seq: 0, atMs }, -1, accounted);
    return true;
  }

  /** Whether Redis may not know yet of a hold of this process that it has lost. */
  isOnItsWay(hold: HoldRef): boolean {
    const key = holdKey(hold);
    return this.#own.has(key) && (this.#late.has(key) || this.#behind.has(key));
  }

  /** Resolves when all steps of a hold are written. */
  durable(hold: HoldRef): Promise<void> {
    return this.#behind.written(hold);
  }

  /** Tries at once what was to be tried again. */
  async retry(): Promise<void> {
    this.#merging ??= this.#merge().finally(() => (this.#merging = undefined));
    await this.#merging;
  }

  /** Writes what waits and adds what is late, as far as that goes. */
  async flush(): Promise<void> {
    await this.#behind.flush();
    await this.retry();
  }

  /** Ends what runs by itself. */
  async close(): Promise<void> {
    await this.flush();
    await this.#behind.close();
    clearTimeout(this.#again);
  }

  #written(holds: readonly WrittenHold[]): void {
    // An end that was known is in the filling, or whoever wrote it down says so to Redis; what it was to count is counted once.
    const late = holds.filter(
      ({ madeIn, writtenIn, isNews, isRepeated }) => writtenIn > madeIn && (isNews !== false || isRepeated === true),
    );
    if (late.length === 0) return;
    for (const { record, madeIn, writtenIn, isRepeated = false } of late) {
      const key = holdKey(record);
      const known = this.#late.get(key);
      const sinceMs = performance.now();
      if (known === undefined) this.#late.set(key, { record, madeIn, writtenIn, isRepeated, sinceMs });
      else {
        const both = { record: mergeHolds(known.record, record), madeIn: Math.min(madeIn, known.madeIn) };
        const isDoubtful = isRepeated || known.isRepeated === true;
        const last = Math.max(writtenIn, known.writtenIn);
        this.#late.set(key, { ...both, writtenIn: last, isRepeated: isDoubtful, sinceMs });
      }
    }
    void this.retry();
  }

  async #merge(): Promise<void> {
    const byPartition = Map.groupBy(this.#late.values(), ({ record }) => record.partition);
    await Promise.all([...byPartition].map(([partition, holds]) => this.#mergeInto(partition, holds)));
    clearTimeout(this.#again);
    if (this.#late.size === 0) return;
    this.#again = setTimeout(() => void this.retry(), retryMs);
    this.#again.unref();
  }

  /** Word of a hold that comes after its end, with which the partition was filled, would bring it back to life. */
  async #withoutEnded<Late extends WrittenHold>(partition: string, holds: readonly Late[]): Promise<readonly Late[]> {
    const open = holds.filter(({ record }) => record.state !== "closed");
    if (open.length === 0) return holds;
    const ids = open.map(({ record }) => record.id);
    const ended = await this.#options.book.ended(partition, ids);
    return holds.filter(({ record }) => record.state === "closed" || !ended.has(record.id));
  }

  /** Whoever has raised the epoch fills the partition a moment later, unless it has ended before. */
  async #fillIfOverdue(partition: string, holds: readonly LateHold[]): Promise<void> {
    const overdue = holds.filter(({ sinceMs }) => performance.now() - sinceMs > overdueMs);
    if (overdue.length > 0)
      await this.#filler.fillAfter(partition, Math.max(...overdue.map(({ writtenIn }) => writtenIn)));
  }

  async #mergeInto(partition: string, holds: readonly LateHold[]): Promise<void> {
    let merged: readonly LateHold[] = [];
    try {
      // The filling may have them or not, for they may have been written before it: another one has them.
      const doubtful = holds.filter(({ isRepeated }) => isRepeated).map(({ writtenIn }) => writtenIn);
      if (doubtful.length > 0) await this.#filler.fillAfter(partition, Math.max(...doubtful));
      const unknown = await this.#withoutEnded(partition, holds);
      const reply = await this.#options.filling.merge(partition, unknown);
      if (reply.outcome === "fenced") return reply.isOurs ? await this.#filler.fill(partition) : undefined;
      merged = holds.filter(({ writtenIn }) => writtenIn <= reply.load);
      if (merged.length < holds.length) await this.#fillIfOverdue(partition, holds);
    } catch {
      // Tried again; what is forgotten at last is found by an audit.
      for (const { record, sinceMs } of holds) {
        if (performance.now() - sinceMs > mergedWithinMs) this.#late.delete(holdKey(record));
      }
      return;
    }
    for (const hold of merged) {
      const key = holdKey(hold.record);
      if (this.#late.get(key) === hold) this.#late.delete(key);
    }
  }
}
