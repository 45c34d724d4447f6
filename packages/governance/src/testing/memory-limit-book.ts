import { type HoldRecord, mergeHolds, shareOf } from "../limits/hold-record.ts";
import type { LimitBook, PartitionState, SlotRecord } from "../limits/limit-book.ts";

interface Partition {
  epoch: number;
  readonly slots: Map<string, SlotRecord>;
  readonly holds: Map<string, HoldRecord>;
}

/** A {@link LimitBook} in memory, for tests: as durable as the process. */
export function memoryLimitBook(): LimitBook {
  const partitions = new Map<string, Partition>();
  const partitionOf = (name: string): Partition => {
    const known = partitions.get(name) ?? { epoch: 0, slots: new Map(), holds: new Map() };
    partitions.set(name, known);
    return known;
  };
  const stateOf = ({ epoch, slots, holds }: Partition): PartitionState => ({
    epoch,
    slots: [...slots.values()],
    holds: [...holds.values()].filter(({ state }) => state !== "closed"),
  });
  return {
    apply: async (records) => {
      const applied = Map.groupBy(records, ({ partition }) => partition);
      return new Map(
        [...applied].map(([name, told]) => {
          const { epoch, holds } = partitionOf(name);
          const ended = new Set(told.map(({ id }) => id).filter((id) => holds.get(id)?.state === "closed"));
          for (const record of told) take(partitionOf(name), record);
          return [name, { epoch, ended }];
        }),
      );
    },
    epochs: async (names) => new Map(names.map((name) => [name, partitionOf(name).epoch])),
    load: async (partition) => stateOf(partitionOf(partition)),
    seed: async (from) => {
      const seeded = [...from].filter(([name, epoch]) => partitionOf(name).epoch === epoch);
      for (const [name] of seeded) partitionOf(name).epoch += 1;
      return new Map(seeded.map(([name]) => [name, stateOf(partitionOf(name))]));
    },
    overdue: async (beforeMs) => {
      const isOverdue = ({ state, atMs }: HoldRecord): boolean =>
        (state === "held" || state === "lapsed") && atMs < beforeMs;
      return [...partitions].filter(([, { holds }]) => holds.values().some(isOverdue)).map(([name]) => name);
    },
    ended: async (name, ids) => {
      const { holds } = partitionOf(name);
      const some = ids.flatMap((id) => holds.get(id) ?? []);
      return new Map(some.filter(({ state }) => state === "closed").map((hold) => [hold.id, hold]));
    },
    closedAfter: async (partition, seq) =>
      [...partitionOf(partition).holds.values()].filter((hold) => hold.state === "closed" && hold.seq > seq),
  };
}

function take({ slots, holds }: Partition, record: HoldRecord): void {
  const known = holds.get(record.id);
  const merged = known === undefined ? record : mergeHolds(known, record);
  holds.set(record.id, merged);
  for (const limit of merged.limits) {
    const before = known === undefined ? 0 : shareOf(known, limit).settled;
    const more = shareOf(merged, limit).settled - before;
    if (more === 0) continue;
    const { meter, startMs, endMs } = limit;
    const key = `${startMs} ${meter}`;
    const settled = (slots.get(key)?.settled ?? 0) + more;
    slots.set(key, { meter, startMs, endMs, settled: Math.min(settled, Number.MAX_SAFE_INTEGER) });
  }
}
