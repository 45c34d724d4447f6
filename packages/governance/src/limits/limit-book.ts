import type { HoldRecord } from "./hold-record.ts";

/** What has been used of a meter in a stretch of time. */
export interface SlotRecord {
  readonly meter: string;
  readonly startMs: number;
  readonly endMs: number | undefined;
  /** Whole, and at most 2^53 - 1, however much more it was. */
  readonly settled: number;
}

/** All that is known of a partition. */
export interface PartitionState {
  /** How often it was seeded. */
  readonly epoch: number;
  /** Those that count, and those that ended in the last two days. */
  readonly slots: readonly SlotRecord[];
  /** Those that are not closed. What they have expired with is in `slots` as well. */
  readonly holds: readonly HoldRecord[];
}

/** What became of records of a partition. */
export interface AppliedRecords {
  /** How often the partition had been seeded. */
  readonly epoch: number;
  /** Ids of those holds that were closed before: what was told of them is no news. */
  readonly ended: ReadonlySet<string>;
}

/**
 * Remembers what a fast store decides, durably, so that the store can be filled again when it has lost something.
 * What a hold has used is added to the slots by the difference to what was known of it, so nothing counts twice.
 *
 * The epoch of a partition tells loss and order: everything applied before `seed` raised it is in the state that `seed`
 * gave, and everything applied later is told the new epoch.
 */
export interface LimitBook {
  /**
   * Merges records with what is known of their holds; the same again, or in another order, changes nothing.
   * Resolves when all of them are durable, with what became of them in each partition that was named. All or none.
   */
  apply(records: readonly HoldRecord[]): Promise<ReadonlyMap<string, AppliedRecords>>;
  /** How often each of these partitions was seeded; 0 for never. */
  epochs(partitions: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The state of a partition. */
  load(partition: string): Promise<PartitionState>;
  /**
   * Raises the epoch of each partition by one, if it is what is told of it, and gives the states at that moment of those.
   * Many cost little more than one.
   */
  seed(from: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, PartitionState>>;
  /** Partitions with holds that have not ended, and of which nothing was told since `beforeMs`; some thousand at most. */
  overdue(beforeMs: number): Promise<readonly string[]>;
  /** Those of these holds that are closed, by their ids. */
  ended(partition: string, ids: readonly string[]): Promise<ReadonlyMap<string, HoldRecord>>;
  /** Closed holds of a partition whose last step came after `seq`, as long as they are remembered: two days at least. */
  closedAfter(partition: string, seq: number): Promise<readonly HoldRecord[]>;
}
