import { GovernanceError, isGovernanceError } from "../errors.ts";
import { demandOf } from "../limits/demand.ts";
import type { HoldRef } from "../limits/hold-ref.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import type {
  CloseResult,
  ExpiredHold,
  LeaseSettings,
  LimitStore,
  LimitUsage,
  Reservation,
  ReserveResult,
  SweepResult,
  TopUpResult,
} from "../limits/limit-store.ts";
import { Breaker, type StoreChange } from "./breaker.ts";
import { DuePartitions } from "./due-partitions.ts";
import { type OwedClose, OwedCloses } from "./owed-closes.ts";
import { PartitionSteps } from "./partition-steps.ts";
import type { RedisClient } from "./redis-client.ts";
import { ScriptRunner } from "./script-runner.ts";

/** What a store in Redis needs. */
export interface RedisLimitStoreOptions extends LeaseSettings {
  /** From `ioredis`; stays yours to close. */
  readonly client: RedisClient;
  /** Milliseconds since 1970. Where it differs from the time of Redis, that of Redis counts. */
  readonly clock: () => number;
  /** What all keys begin with; `drawbridge` unless told. */
  readonly prefix?: string;
  /** How long an answer of Redis may take; 100 unless told. */
  readonly timeoutMs?: number;
  /** Told once each time that Redis is given up, and that it is back. */
  readonly onChange?: (change: StoreChange) => void;
  /** What is taken for the time of Redis, in tests. */
  readonly serverTime?: () => number;
}

/** A limit store in Redis, until it is closed. */
export interface RedisLimitStore extends LimitStore {
  /** Stops what runs by itself; the client stays open. */
  close(): Promise<void>;
}

/**
 * A {@link LimitStore} that any number of processes share: each step is one script and one round trip.
 *
 * When Redis does not answer in time, or cannot, `reserve`, `topUp` and `usage` reject with a GovernanceError
 * `store-unavailable`, so that no money is given out unseen; `settle` and `release` are kept and made up for, `touch` and
 * `sweep` find nothing.
 */
export function redisLimitStore(options: RedisLimitStoreOptions): RedisLimitStore {
  return new RedisLimits(options);
}

class RedisLimits implements RedisLimitStore {
  readonly #steps: PartitionSteps;
  readonly #due: DuePartitions;
  readonly #breaker: Breaker;
  readonly #owed: OwedCloses;

  constructor(options: RedisLimitStoreOptions) {
    const { client, clock, prefix = "drawbridge", leaseMs = 30_000, graceMs = 90_000, timeoutMs = 100 } = options;
    const { serverTime, onChange } = options;
    this.#breaker = new Breaker({
      timeoutMs,
      probe: () => client.ping(),
      onChange: (change) => {
        onChange?.(change);
        if (change.state === "available") void this.#owed.pay();
      },
    });
    const scripts = new ScriptRunner({ client, prefix, fenced: false, serverTime });
    const runner = {
      run: (...step: Parameters<ScriptRunner["run"]>) => this.#breaker.run(() => scripts.run(...step)),
      saw: (partition: string, seq: number) => scripts.saw(partition, seq),
    };
    this.#steps = new PartitionSteps({ runner, clock, leaseMs, graceMs });
    this.#due = new DuePartitions({ client, prefix, leaseMs, serverTime });
    this.#owed = new OwedCloses(async ({ hold, actual, forget }) => void (await this.#close(hold, actual, forget)));
  }

  async reserve(reservation: Reservation): Promise<ReserveResult> {
    try {
      const reply = await this.#steps.reserve(reservation);
      if (reply.outcome === "fenced") throw unfilled(reservation);
      if (reply.outcome !== "held") return reply;
      this.#due.note(reservation.partition ?? "", reply.mark.atMs);
      return { outcome: "held" };
    } catch (error) {
      // It may have been held, or be yet: that must not be charged.
      if (isUnavailable(error)) this.#owe({ hold: reservation, actual: undefined, forget: true });
      throw error;
    }
  }

  async topUp(hold: HoldRef, more: Amounts): Promise<TopUpResult> {
    const reply = await this.#steps.topUp(hold, more);
    if (reply.outcome === "fenced") throw unfilled(hold);
    return reply.outcome === "held" ? { outcome: "held" } : reply;
  }

  settle(hold: HoldRef, actual: Amounts): Promise<CloseResult> {
    return this.#closeOrOwe(hold, actual);
  }

  release(hold: HoldRef): Promise<CloseResult> {
    return this.#closeOrOwe(hold, undefined);
  }

  async durable(): Promise<void> {}

  async touch(holds: readonly HoldRef[]): Promise<readonly HoldRef[]> {
    const byPartition = Map.groupBy(holds, ({ partition = "" }) => partition);
    const lost = await Promise.all(
      [...byPartition].map(async ([partition, refs]): Promise<HoldRef[]> => {
        const ids = await this.#orNothing(() =>
          this.#steps.touch(
            partition,
            refs.map(({ id }) => id),
          ),
        );
        return refs.filter(({ id }) => ids?.includes(id));
      }),
    );
    return lost.flat();
  }

  async sweep(): Promise<SweepResult> {
    const lapsed: HoldRef[] = [];
    const expired: ExpiredHold[] = [];
    if (this.#owed.size > 0) await this.#owed.pay();
    const claimed = await this.#orNothing(() => this.#breaker.run(() => this.#due.claim()));
    await Promise.all(
      (claimed ?? []).map(async (partition) => {
        const reply = await this.#orNothing(() => this.#steps.sweep(partition));
        if (reply === undefined) return;
        for (const { id, state, demand } of reply.changed) {
          if (state === "lapsed") lapsed.push({ id, partition });
          else expired.push({ id, partition, charged: demand });
        }
        await this.#orNothing(() => this.#breaker.run(() => this.#due.giveBack(partition, reply.nextMs)));
      }),
    );
    return { lapsed, expired };
  }

  async usage(scope: LimitScope): Promise<readonly LimitUsage[]> {
    const usage = await this.#steps.usage(scope);
    if (usage === undefined) throw unfilled(scope);
    return usage;
  }

  async close(): Promise<void> {
    if (this.#owed.size > 0) await this.#owed.pay();
    this.#breaker.close();
  }

  async #closeOrOwe(hold: HoldRef, actual: Amounts | undefined): Promise<CloseResult> {
    if (actual !== undefined) demandOf(actual, 1);
    try {
      return await this.#close(hold, actual, false);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#owe({ hold, actual, forget: false });
      return "done";
    }
  }

  async #close(hold: HoldRef, actual: Amounts | undefined, forget: boolean): Promise<CloseResult> {
    const reply = await this.#steps.close(hold, actual, forget);
    if (reply.outcome === "fenced") throw unfilled(hold);
    return reply.outcome;
  }

  /** What goes out on the same connection comes after what was sent before. */
  #owe(owed: OwedClose): void {
    this.#owed.add(owed);
    if (!this.#breaker.isOpen) void this.#owed.pay();
  }

  async #orNothing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return isGovernanceError(error) && error.code === "store-unavailable";
}

function unfilled({ partition = "" }: { readonly partition?: string }): GovernanceError {
  return new GovernanceError(
    "store-unavailable",
    `the limits of "${partition}" have been lost in Redis and are being filled again; try again soon`,
  );
}
