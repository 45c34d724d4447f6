import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { HeldLimit, HoldRecord } from "../limits/hold-record.ts";
import type { LimitBook, PartitionState } from "../limits/limit-book.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { limitBookContract } from "../testing/limit-book-contract.ts";
import { onEachDatabase } from "../testing/test-database.ts";
import { connectPostgres } from "./connect-postgres.ts";
import { postgresLimitBook } from "./postgres-limit-book.ts";
import { postgresLimitStore } from "./postgres-limit-store.ts";

const nowMs = Date.parse("2026-11-25T12:00:00Z");

/** A book that shares its tables with others and sees nothing of theirs. */
function apart(book: LimitBook, prefix: string): LimitBook {
  const inside = (name: string): string => `${prefix}${name}`;
  const outside = <Named extends { readonly partition: string }>(named: Named): Named => {
    expect(named.partition.startsWith(prefix)).toBe(true);
    return { ...named, partition: named.partition.slice(prefix.length) };
  };
  const stateOf = (state: PartitionState): PartitionState => ({ ...state, holds: state.holds.map(outside) });
  return {
    apply: async (records) => {
      const applied = await book.apply(records.map((record) => ({ ...record, partition: inside(record.partition) })));
      return new Map([...applied].map(([partition, told]) => [partition.slice(prefix.length), told]));
    },
    epochs: async (partitions) => {
      const epochs = await book.epochs(partitions.map(inside));
      return new Map(partitions.map((partition) => [partition, epochs.get(inside(partition)) ?? Number.NaN]));
    },
    overdue: async (beforeMs) => {
      const names = await book.overdue(beforeMs);
      return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
    load: async (partition) => stateOf(await book.load(inside(partition))),
    seed: async (from) => {
      const states = await book.seed(new Map([...from].map(([partition, epoch]) => [inside(partition), epoch])));
      return new Map([...states].map(([partition, state]) => [partition.slice(prefix.length), stateOf(state)]));
    },
    ended: async (partition, ids) => {
      const ended = await book.ended(inside(partition), ids);
      return new Map([...ended].map(([id, hold]) => [id, outside(hold)]));
    },
    closedAfter: async (partition, seq) => (await book.closedAfter(inside(partition), seq)).map(outside),
  };
}

const budget: HeldLimit = {
  meter: '["team a","nanoUsd","total"]',
  of: "nanoUsd",
  window: "total",
  amount: 1000,
  startMs: 0,
  endMs: undefined,
};
const rate: HeldLimit = {
  meter: '["team a","requests","60000 ms"]',
  of: "requests",
  window: "rolling",
  amount: 10,
  startMs: nowMs,
  endMs: nowMs + 61_000,
};
const held = (partition: string, id: string): HoldRecord => ({
  id,
  partition,
  state: "held",
  atMs: nowMs,
  seq: 1,
  demand: { nanoUsd: 100, inputTokens: 0, outputTokens: 0 },
  used: undefined,
  limits: [budget, rate],
});
const closed = (hold: HoldRecord): HoldRecord => {
  const used = { requests: 1, nanoUsd: 7, inputTokens: 0, outputTokens: 0 } as const;
  return { ...hold, state: "closed", seq: hold.seq + 1, used };
};

onEachDatabase((opened) => {
  let books = 0;
  limitBookContract({
    name: "a book of limits in a database",
    histories: 10,
    open: async () => {
      const book = postgresLimitBook({ database: opened.database, clock: () => nowMs });
      return { book: apart(book, `${(books += 1)} `) };
    },
  });

  test("a store that decides in the database goes on from the book", async () => {
    const { database } = opened;
    const book = postgresLimitBook({ database, clock: () => nowMs });
    await book.apply([held("goes on", "1"), closed(held("goes on", "2")), held("goes on", "3")]);
    const store = postgresLimitStore({ database, clock: () => nowMs, time: "clock" });
    const limits = [
      { of: "nanoUsd", amount: 1000, window: { kind: "total" } },
      { of: "requests", amount: 10, window: { kind: "rolling", ms: 60_000 } },
    ] as const;
    const scope = limitScope({ id: "team a", partition: "goes on", limits });
    expect(await store.usage(scope)).toMatchObject([
      { used: 7, held: 200 },
      { used: 1, held: 2 },
    ]);
    const actual = { nanoUsd: 30, inputTokens: 0, outputTokens: 0 };
    expect(await store.settle({ id: "1", partition: "goes on" }, actual)).toBe("done");
    expect(await store.settle({ id: "2", partition: "goes on" }, actual)).toBe("already");
    expect(await store.release({ id: "3", partition: "goes on" })).toBe("done");
    expect(await store.usage(scope)).toMatchObject([
      { used: 37, held: 0 },
      { used: 2, held: 0 },
    ]);
  });

  test("leaves out what has rolled away, and forgets what ended two days ago", async () => {
    const { database } = opened;
    let now = nowMs;
    const book = postgresLimitBook({ database, clock: () => now });
    await book.apply([closed(held("forgets", "1"))]);
    expect((await book.load("forgets")).slots).toHaveLength(2);
    now += 61_000;
    expect((await book.load("forgets")).slots).toMatchObject([{ meter: budget.meter, settled: 7 }]);
    now += 48 * 60 * 60 * 1000;
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      ...held("forgets", `${index + 2}`),
      atMs: now,
      limits: [],
    }));
    await book.apply(many);
    const { rows } = await database.run((queries) =>
      queries.execute(sql`select id from drawbridge.limit_hold where partition = 'forgets' and id = '1'
        union select meter from drawbridge.limit_slot where partition = 'forgets'`),
    );
    expect(rows).toEqual([{ id: budget.meter }]);
  });

  test("takes batches of the same partitions from several replicas at once", async () => {
    const { database, url } = opened;
    const others = await Promise.all(
      Array.from({ length: 3 }, async () => (url === undefined ? database : connectPostgres({ url }))),
    );
    const partitions = ["meet b", "meet a", "meet c"];
    await Promise.all(
      others.map(async (other, replica) => {
        const book = postgresLimitBook({ database: other, clock: () => nowMs });
        for (let batch = 0; batch < 10; batch++) {
          const holds = partitions.map((partition) => held(partition, `${replica}.${batch}`));
          if (replica % 2 === 0) holds.reverse();
          await book.apply(holds);
          await book.apply(holds.map(closed));
        }
      }),
    );
    const book = postgresLimitBook({ database, clock: () => nowMs });
    for (const partition of partitions) {
      const { slots, holds } = await book.load(partition);
      expect(slots.map(({ settled }) => settled).toSorted((one, other) => one - other)).toEqual([30, 210]);
      expect(holds).toEqual([]);
    }
    if (url !== undefined) await Promise.all(others.map((other) => other.close()));
  });
});
