import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { HoldRecord } from "../limits/hold-record.ts";
import type { LimitBook, PartitionState } from "../limits/limit-book.ts";
import { histories, money, partition, recordOf, stepsOf, total } from "./hold-histories.ts";

/** A kind of book; each opening gives one that knows nothing. */
export interface BookKind {
  readonly name: string;
  open(): Promise<{ readonly book: LimitBook; readonly close?: () => Promise<void> }>;
  /** Random histories told in any order. */
  readonly histories: number;
}

const used = { requests: 1, nanoUsd: 7, inputTokens: 3, outputTokens: 2 } as const;

/** In an order of its own, and without what takes nothing: a book may keep that or not. */
function sorted({ slots, holds }: PartitionState): unknown {
  const byName = (first: string, second: string): number => (first < second ? -1 : 1);
  return {
    slots: slots.filter(({ settled }) => settled > 0).toSorted((first, second) => byName(first.meter, second.meter)),
    holds: holds.toSorted((first, second) => byName(first.id, second.id)),
  };
}

/** What every book of limits promises. Each kind of book runs it. */
export function limitBookContract(kind: BookKind): void {
  describe(kind.name, () => {
    let book: LimitBook;
    beforeEach(async () => {
      const opened = await kind.open();
      book = opened.book;
      return opened.close;
    });

    const seed = async (from: number): Promise<PartitionState | undefined> =>
      (await book.seed(new Map([[partition, from]]))).get(partition);

    test("knows a partition it was told nothing of as empty", async () => {
      expect(await book.epochs([partition])).toEqual(new Map([[partition, 0]]));
      expect(await book.load(partition)).toEqual({ epoch: 0, slots: [], holds: [] });
    });

    test("gives a hold back as it was told", async () => {
      const first = recordOf("1", {});
      const other = recordOf("1", { partition: "provider gpu", limits: [money] });
      expect(await book.apply([first, other])).toEqual(
        new Map([
          [partition, { epoch: 0, ended: new Set() }],
          [other.partition, { epoch: 0, ended: new Set() }],
        ]),
      );
      expect(await book.load(partition)).toEqual({ epoch: 0, slots: [], holds: [first] });
      expect(await book.load(other.partition)).toEqual({ epoch: 0, slots: [], holds: [other] });
    });

    test("adds what a hold took to its slots, once", async () => {
      const closed = recordOf("1", { state: "closed", seq: 2, used });
      await book.apply([recordOf("1", {}), closed]);
      await book.apply([closed, recordOf("1", {})]);
      await book.apply([closed]);
      const { slots, holds } = await book.load(partition);
      expect(holds).toEqual([]);
      expect(sorted({ epoch: 0, slots, holds })).toEqual({
        slots: [
          { meter: money.meter, startMs: money.startMs, endMs: money.endMs, settled: 7 },
          { meter: total.meter, startMs: 0, endMs: undefined, settled: 5 },
        ],
        holds: [],
      });
    });

    test("charges an expired hold in full, and takes its late word", async () => {
      await book.apply([recordOf("1", { state: "expired", seq: 2 })]);
      const expired = await book.load(partition);
      expect(new Set(expired.slots.map(({ settled }) => settled))).toEqual(new Set([100, 30]));
      expect(expired.holds).toEqual([recordOf("1", { state: "expired", seq: 2 })]);
      await book.apply([recordOf("1", { state: "closed", seq: 3, used })]);
      const closed = await book.load(partition);
      expect(new Set(closed.slots.map(({ settled }) => settled))).toEqual(new Set([7, 5]));
      expect(closed.holds).toEqual([]);
    });

    test("charges an expired hold with what it is told to have come to, the most of several words", async () => {
      const charged = (nanoUsd: number) =>
        recordOf("1", { state: "expired", seq: 2, used: { ...used, nanoUsd, inputTokens: 4, outputTokens: 1 } });
      await book.apply([charged(40)]);
      await book.apply([recordOf("1", {}), charged(60), charged(50)]);
      const expired = await book.load(partition);
      expect(new Set(expired.slots.map(({ settled }) => settled))).toEqual(new Set([60, 5]));
      expect(expired.holds).toMatchObject([{ state: "expired", used: { nanoUsd: 60 } }]);
      await book.apply([recordOf("1", { state: "closed", seq: 3, used })]);
      expect(new Set((await book.load(partition)).slots.map(({ settled }) => settled))).toEqual(new Set([7, 5]));
    });

    test("stays at the most that can be counted", async () => {
      const most = { ...used, nanoUsd: Number.MAX_SAFE_INTEGER };
      await book.apply(["1", "2"].map((id) => recordOf(id, { state: "closed", limits: [money], used: most })));
      expect(await book.load(partition)).toMatchObject({ slots: [{ settled: Number.MAX_SAFE_INTEGER }] });
    });

    test("says the same in whatever order, batches and repetitions it was told", async () => {
      await fc.assert(
        fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async (history, chance) => {
          const steps = stepsOf(history);
          const pick = (below: number): number => (chance.next().value ?? 0) % below;
          const told = [...steps, ...steps.filter(() => pick(2) === 0)];
          const [plain, shuffled] = [await kind.open(), await kind.open()];
          try {
            await plain.book.apply(steps);
            while (told.length > 0) {
              const batch = Array.from({ length: 1 + pick(4) }, () => told.splice(pick(Math.max(told.length, 1)), 1));
              await shuffled.book.apply(batch.flat());
            }
            expect(sorted(await shuffled.book.load(partition))).toEqual(sorted(await plain.book.load(partition)));
          } finally {
            await plain.close?.();
            await shuffled.close?.();
          }
        }),
        { numRuns: kind.histories },
      );
    }, 600_000);

    test("raises an epoch from the one that was seen, and from no other", async () => {
      await book.apply([recordOf("1", {})]);
      expect(await seed(0)).toEqual({ epoch: 1, slots: [], holds: [recordOf("1", {})] });
      expect(await seed(0)).toBeUndefined();
      expect(await seed(7)).toBeUndefined();
      expect(await book.epochs([partition])).toEqual(new Map([[partition, 1]]));
      expect((await book.apply([recordOf("2", {})])).get(partition)?.epoch).toBe(1);
      expect(await seed(1)).toMatchObject({ epoch: 2, holds: [{ id: "1" }, { id: "2" }] });
    });

    test("seeds many at once, each by its own epoch, and gives each what is its own", async () => {
      const names = ["customer b", "customer a", "customer c", "customer d"];
      const [first = "", second = "", third = "", fourth = ""] = names;
      const closed = recordOf("1", { partition: second, state: "closed", limits: [money], used });
      await book.apply([recordOf("1", { partition: first }), recordOf("2", { partition: first }), closed]);
      expect(await book.seed(new Map([[second, 0]]))).toMatchObject(new Map([[second, { epoch: 1 }]]));
      expect(await book.epochs(names)).toEqual(new Map(names.map((name) => [name, name === second ? 1 : 0])));
      const states = await book.seed(
        new Map([
          [first, 0],
          [second, 1],
          [third, 0],
          [fourth, 3],
        ]),
      );
      expect(new Set(states.keys())).toEqual(new Set([first, second, third]));
      expect(states.get(first)).toMatchObject({ epoch: 1, holds: [{ id: "1" }, { id: "2" }] });
      expect(states.get(second)).toMatchObject({ epoch: 2, holds: [], slots: [{ meter: money.meter, settled: 7 }] });
      expect(states.get(third)).toEqual({ epoch: 1, slots: [], holds: [] });
      expect(await book.epochs(names)).toEqual(new Map([1, 2, 1, 0].map((epoch, index) => [names[index], epoch])));
      expect([await book.epochs([]), await book.seed(new Map())]).toEqual([new Map(), new Map()]);
    });

    test("of many who seed at once one does, and those of several in any order wait for nobody forever", async () => {
      const names = Array.from({ length: 20 }, (_, index) => `customer ${index}`);
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const from = names.map((name): [string, number] => [name, 0]);
          return book.seed(new Map(index % 2 === 0 ? from : from.toReversed()));
        }),
      );
      expect(all.flatMap((states) => [...states.keys()]).toSorted()).toEqual(names.toSorted());
    });

    test("tells who applies beside a seed of it, or gives the seed what was applied", async () => {
      for (let round = 0; round < 10; round++) {
        const [epochs, state] = await Promise.all([
          Promise.all(
            Array.from({ length: 10 }, async (_, index) => {
              const id = `${round} ${index}`;
              return [id, (await book.apply([recordOf(id, {})])).get(partition)?.epoch] as const;
            }),
          ),
          seed(round),
        ]);
        const ids = state?.holds.map(({ id }) => id) ?? [];
        for (const [id, epoch] of epochs) expect([id, ids.includes(id)]).toEqual([id, epoch === round]);
      }
    });

    test("tells which partitions have holds that nobody has told of for long", async () => {
      const [old, young] = [{ atMs: 1_000 }, { atMs: 5_000 }];
      await book.apply([recordOf("1", young), recordOf("2", { ...old, state: "closed", used })]);
      expect(await book.overdue(5_000)).toEqual([]);
      await book.apply([recordOf("3", { ...old, state: "lapsed" }), recordOf("4", old)]);
      expect(await book.overdue(5_000)).toEqual([partition]);
    });

    test("tells which of some holds are closed, and with what", async () => {
      await book.apply([
        recordOf("1", { state: "closed", used }),
        recordOf("2", {}),
        recordOf("3", { state: "expired" }),
      ]);
      const ended = await book.ended(partition, ["1", "2", "3", "4"]);
      expect([...ended]).toMatchObject([["1", { id: "1", partition, state: "closed", used }]]);
      expect(await book.ended("customer other", ["1"])).toEqual(new Map());
    });

    test("tells of which holds it knew the end before", async () => {
      const closed = recordOf("1", { state: "closed", used });
      const endedIn = async (records: readonly HoldRecord[]) => (await book.apply(records)).get(partition)?.ended;
      expect(await endedIn([closed, recordOf("2", {})])).toEqual(new Set());
      expect(await endedIn([closed, { ...closed, id: "2" }, { ...closed, id: "3" }])).toEqual(new Set(["1"]));
      expect(await endedIn([recordOf("1", {}), recordOf("3", { state: "expired" })])).toEqual(new Set(["1", "3"]));
      await book.apply([{ ...closed, partition: "customer other", id: "4" }]);
      expect(await endedIn([{ ...closed, id: "4" }])).toEqual(new Set());
    });

    test("tells the closed holds that came after a step", async () => {
      const closed = ["1", "2", "3"].map((id) => recordOf(id, { state: "closed", seq: Number(id) * 10, used }));
      await book.apply([...closed, recordOf("4", { seq: 40 })]);
      expect((await book.closedAfter(partition, 10)).map(({ id }) => id).toSorted()).toEqual(["2", "3"]);
    });
  });
}
