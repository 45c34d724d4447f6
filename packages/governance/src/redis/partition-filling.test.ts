import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HoldRecord } from "../limits/hold-record.ts";
import { histories, money, partition, recordOf, stepsOf } from "../testing/hold-histories.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { PartitionFilling } from "./partition-filling.ts";
import type { RedisClient } from "./redis-client.ts";
import { ScriptRunner } from "./script-runner.ts";

const runs = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 100 : 5000;
const nowMs = Date.parse("2026-11-25T12:00:00Z");
const empty = { slots: [], holds: [] };

describe.skipIf(!hasRedis)("a partition of Redis", () => {
  let server: RedisServer;
  let client: RedisClient;
  let opened = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
    client = server.client();
  });
  afterAll(() => server.stop());
  const open = (): PartitionFilling => {
    const options = { client, prefix: `test ${(opened += 1)}`, fenced: true, serverTime: () => nowMs };
    return new PartitionFilling(new ScriptRunner(options), { leaseMs: 30_000, graceMs: 90_000 });
  };
  const contents = async (filling: PartitionFilling) => {
    const dump = await filling.dump(partition);
    if (dump.outcome === "fenced") throw new Error("the partition is not filled");
    const byName = (first: string, second: string): number => (first < second ? -1 : 1);
    return {
      settled: dump.slots
        .filter(({ settled }) => settled > 0)
        .map(({ meter, settled }) => [meter, settled])
        .toSorted(([first], [second]) => byName(String(first), String(second))),
      holds: dump.holds
        .map(({ id, state, demand, limits }) => ({ id, state, demand, limits }))
        .toSorted((first, second) => byName(first.id, second.id)),
    };
  };

  test("that holds are merged into, in whatever order and however often, says what the book says", async () => {
    const one = open();
    let epoch = 0;
    await fc.assert(
      fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async (history, chance) => {
        const steps = stepsOf(history).map((step) => ({ ...step, id: `${epoch} ${step.id}` }));
        const book = memoryLimitBook();
        await book.apply(steps);
        epoch += 1;
        const filled = open();
        await one.seed(partition, { epoch, ...empty }, 0);
        const pick = (below: number): number => (chance.next().value ?? 0) % below;
        const told = [...steps, ...steps.filter(() => pick(2) === 0)];
        while (told.length > 0) {
          const [record] = told.splice(pick(told.length), 1);
          if (record !== undefined) await one.merge(partition, [{ record, madeIn: -1, writtenIn: epoch }]);
        }
        await filled.seed(partition, { ...(await book.load(partition)), epoch: 1 }, 0);
        expect(await contents(one)).toEqual(await contents(filled));
      }),
      { numRuns: runs },
    );
  });

  test("is not filled with what is older than what it has", async () => {
    const filling = open();
    const slot = { meter: money.meter, startMs: money.startMs, endMs: money.endMs };
    expect(await filling.seed(partition, { epoch: 2, slots: [{ ...slot, settled: 7 }], holds: [] }, 0)).toBeDefined();
    expect(await filling.seed(partition, { epoch: 1, slots: [{ ...slot, settled: 1 }], holds: [] }, 0)).toBeUndefined();
    expect(await filling.seed(partition, { epoch: 2, slots: [{ ...slot, settled: 2 }], holds: [] }, 0)).toBeUndefined();
    expect((await contents(filling)).settled).toEqual([[money.meter, 7]]);
    await filling.seed(partition, { epoch: 3, slots: [{ ...slot, settled: 9 }], holds: [] }, 0);
    expect((await contents(filling)).settled).toEqual([[money.meter, 9]]);
  });

  test.each([
    ["made in what it holds now", 5, 6, 0],
    ["written down before it was filled", 3, 4, 0],
    ["written down too late for its filling", 4, 5, 7],
    ["made without it", -1, 5, 7],
  ])(
    "is told of a step that was %s (in %d, written in %d) as often as needed",
    async (...[, madeIn, writtenIn, settled]) => {
      const filling = open();
      await filling.seed(partition, { epoch: 5, ...empty }, 0);
      const used = { requests: 1, nanoUsd: 7, inputTokens: 0, outputTokens: 0 } as const;
      const record: HoldRecord = recordOf("1", { state: "closed", used, limits: [money] });
      await filling.merge(partition, [{ record, madeIn, writtenIn }]);
      await filling.merge(partition, [{ record, madeIn, writtenIn }]);
      expect((await contents(filling)).settled).toEqual(settled === 0 ? [] : [[money.meter, settled]]);
    },
  );
});
