import type { LimitBook } from "../limits/limit-book.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LeaseSettings, LimitStore } from "../limits/limit-store.ts";
import { BookKeeper } from "./book-keeper.ts";
import { Breaker } from "../limits/breaker.ts";
import { auditDrift, type Drift } from "./drift-audit.ts";
import { DuePartitions } from "./due-partitions.ts";
import { MissingHolds } from "./missing-holds.ts";
import { PartitionFilling } from "./partition-filling.ts";
import { PartitionSteps, type StepRunner } from "./partition-steps.ts";
import type { RedisClient } from "./redis-client.ts";
import { RedisLimits } from "./redis-limits.ts";
import { ScriptRunner } from "./script-runner.ts";

/** How a part of a store stands: in use, or given up until it answers again. */
export interface StoreChange {
  readonly part: "redis" | "book";
  readonly state: "available" | "unavailable";
  readonly reason: string;
}

/** What a store in Redis needs. */
export interface RedisLimitStoreOptions extends LeaseSettings {
  /** From `ioredis`; stays yours to close. */
  readonly client: RedisClient;
  /** Milliseconds since 1970. Where it differs from the time of Redis, that of Redis counts. */
  readonly clock: () => number;
  /**
   * What remembers when Redis does not. Each step is written into it, and what Redis has lost is filled again from it.
   * Without one, what Redis loses is forgotten.
   */
  readonly book?: LimitBook;
  /**
   * What a hold came to by the account of requests, undefined where that does not know: asked for holds whose process ended
   * before the book had heard of their end. Without it they are charged in full.
   */
  readonly endedAs?: ((hold: HoldRef) => Promise<Amounts | undefined>) | undefined;
  /** What all keys begin with; `drawbridge` unless told. */
  readonly prefix?: string;
  /** How long an answer of Redis may take; 100 unless told. */
  readonly timeoutMs?: number;
  /** How long `durable` waits for the book; 2,000 unless told. */
  readonly bookTimeoutMs?: number;
  /** Told once each time that Redis or the book is given up, and that it is back. */
  readonly onChange?: (change: StoreChange) => void;
  /** What is taken for the time of Redis, in tests. */
  readonly serverTime?: () => number;
}

/** A limit store in Redis, until it is closed. */
export interface RedisLimitStore extends LimitStore {
  /**
   * Compares what this process has lately used of Redis with the book, puts right what differs, and tells it: each
   * difference is worth an alarm. Ends what a process has left that is gone, whoever has used it; `sweep` tells of it then.
   * To be called each minute or so; of several processes one does it.
   */
  audit(): Promise<readonly Drift[]>;
  /** Writes what waits to be written, as far as that goes. */
  flush(): Promise<void>;
  /** Does the same, and stops what runs by itself; the client stays open. */
  close(): Promise<void>;
}

const auditSettleMs = 500;
const auditsAtOnce = 50;

/**
 * A {@link LimitStore} that any number of processes share: each step is one script and one round trip.
 *
 * When Redis does not answer in time, or cannot, `reserve`, `topUp`, `touch` and `usage` reject with a GovernanceError
 * `store-unavailable`, so that no money is given out unseen; `settle` and `release` are kept and made up for, `sweep`
 * finds nothing. With a book it is the same while Redis is being filled again, and `durable` rejects like this when
 * the book does not take a hold in time.
 */
export function redisLimitStore(options: RedisLimitStoreOptions): RedisLimitStore {
  const { client, clock, prefix = "drawbridge", leaseMs = 30_000, graceMs = 90_000, timeoutMs = 100 } = options;
  const { serverTime, onChange, book } = options;
  const breaker = new Breaker({
    title: "Redis",
    timeoutMs,
    probe: () => client.ping(),
    onChange: (change) => {
      onChange?.({ part: "redis", ...change });
      if (change.state === "available") void limits.isBack();
    },
  });
  const scripts = new ScriptRunner({ client, prefix, fenced: book !== undefined, serverTime });
  const runner: StepRunner = {
    run: (...step) => breaker.run(() => scripts.run(...step)),
    saw: (partition, seq) => scripts.saw(partition, seq),
  };
  const due = new DuePartitions({ client, prefix, leaseMs, serverTime });
  const keeper = book === undefined ? undefined : keeperOf({ ...options, book }, { runner, due });
  const missing = new MissingHolds(client, prefix);
  const steps = new PartitionSteps({ runner, clock, leaseMs, graceMs });
  const limits = new RedisLimits({ steps, due, breaker, keeper, clock, timeoutMs });
  const flush = async (): Promise<void> => {
    await limits.makeUp();
    await keeper?.flush();
  };
  const audit = async (): Promise<readonly Drift[]> => {
    if (keeper === undefined || book === undefined) return [];
    const { filling } = keeper;
    const drifts: Drift[] = [];
    // One that takes longer to be written down than any hold outlives its process has none any more.
    const orphanMs = leaseMs + graceMs;
    const fill = (partition: string, epoch: number): Promise<void> => keeper.filler.fillAfter(partition, epoch);
    const { endedAs } = options;
    const auditing = { book, filling, fill, missing, settleMs: auditSettleMs, orphanMs, endedAs };
    const one = async (partition: string): Promise<void> => {
      if (!(await due.claimAudit(partition))) return;
      // One that Redis has lost and nobody has asked for since is filled by this, and what has run out there ends.
      due.noteAgain(partition, clock() - leaseMs);
      const found = await auditDrift(partition, auditing);
      drifts.push(...found.drifts);
      limits.expired(found.expired);
    };
    const partitions = [...new Set([...due.noted(), ...(await book.overdue(clock() - leaseMs))])];
    for (let first = 0; first < partitions.length; first += auditsAtOnce) {
      await Promise.all(partitions.slice(first, first + auditsAtOnce).map(one));
    }
    return drifts;
  };
  return Object.assign(limits, {
    flush,
    audit,
    close: async () => {
      await flush();
      await keeper?.close();
      breaker.close();
    },
  });
}

function keeperOf(
  options: RedisLimitStoreOptions & { readonly book: LimitBook },
  { runner, due }: { readonly runner: StepRunner; readonly due: DuePartitions },
): BookKeeper {
  const { book, leaseMs = 30_000, graceMs = 90_000, bookTimeoutMs = 2000, onChange } = options;
  return new BookKeeper({
    book,
    filling: new PartitionFilling(runner, { leaseMs, graceMs }),
    onFilled: (partition, atMs) => due.noteAgain(partition, atMs),
    patienceMs: bookTimeoutMs,
    onChange: (failure) =>
      onChange?.(
        failure === undefined
          ? { part: "book", state: "available", reason: "the book takes steps again" }
          : { part: "book", state: "unavailable", reason: failure.message },
      ),
  });
}
