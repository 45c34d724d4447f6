import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { Amounts, Limit } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { withLocalRates } from "../limits/with-local-rates.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";

import { type RedisLimitStore, redisLimitStore, type StoreChange } from "./redis-limit-store.ts";

const need: Amounts = { nanoUsd: 5, inputTokens: 1, outputTokens: 1 };
const clock = (): number => Date.now();
const scoped = (limit: Limit) => limitScope({ id: "key alice", limits: [limit] });
const money = scoped({ of: "nanoUsd", amount: 100, window: { kind: "total" } });
const rate = scoped({ of: "requests", amount: 10, window: { kind: "rolling", ms: 60_000 } });
const unavailable = { code: "store-unavailable" };
const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
const [perSecond, frozenMs] = isCampaign ? [500, 10_000] : [200, 1_000];
/** Measured in campaigns: elsewhere other tests keep this process from looking at its clock. */
const waitMs = isCampaign ? 150 : 10_000;

interface Opened {
  readonly server: RedisServer;
  readonly store: RedisLimitStore;
  readonly changes: StoreChange[];
}

describe.skipIf(!hasRedis)("when Redis is away, a store", () => {
  const opened: Opened[] = [];
  afterEach(async () => {
    for (const { server, store } of opened.splice(0)) {
      server.thaw();
      await store.close();
      await server.stop();
    }
  });
  const open = async (): Promise<Opened> => {
    const server = await RedisServer.start();
    const changes: StoreChange[] = [];
    // Elsewhere it is longer than a busy machine stands still.
    const timeoutMs = isCampaign ? 100 : 1_000;
    const onChange = (change: StoreChange): void => void changes.push(change);
    const store = redisLimitStore({ client: server.client(), clock, timeoutMs, onChange });
    const one = { server, store, changes };
    opened.push(one);
    await answered(() => store.usage(money)).toMatchObject([{ used: 0 }]);
    return one;
  };
  /** One that is not answered in time, as on a busy machine, is asked again; the id of a reservation is spent then. */
  const answered = <Answer>(asked: () => Promise<Answer>) => expect.poll(() => asked().catch(() => undefined));
  const until = async (changes: readonly StoreChange[], state: StoreChange["state"]): Promise<void> => {
    await expect.poll(() => changes.at(-1)?.state).toBe(state);
  };

  test("gives no money out, lets nobody wait, and says so once", async () => {
    const { server, store, changes } = await open();
    server.freeze();
    const waits: number[] = [];
    for (let index = 0; index < 300; index++) {
      const before = performance.now();
      const asked = store.reserve({ id: `${index}`, scopes: [money], need });
      waits.push(
        await expect(asked)
          .rejects.toMatchObject(unavailable)
          .then(() => performance.now() - before),
      );
    }
    expect(Math.max(...waits)).toBeLessThan(waitMs);
    expect(changes.map(({ state }) => state)).toEqual(["unavailable"]);
    server.thaw();
    await until(changes, "available");
    expect(changes).toHaveLength(2);
    // What the frozen Redis was asked before it was given up is taken back.
    await answered(() => store.usage(money)).toMatchObject([{ used: 0, held: 0 }]);
    await answered(() => store.reserve({ id: randomUUID(), scopes: [money], need })).toEqual({ outcome: "held" });
  });

  test(`R-07: lets nobody of ${perSecond} a second wait while it stands still for ${frozenMs} ms`, async () => {
    const { server, store, changes } = await open();
    const waits: number[] = [];
    const ask = async (id: number): Promise<void> => {
      const beganMs = performance.now();
      await store.reserve({ id: `${id}`, scopes: [money], need: { ...need, nanoUsd: 0 } }).catch(() => undefined);
      waits.push(performance.now() - beganMs);
    };
    server.freeze();
    const asked: Promise<void>[] = [];
    const beganMs = performance.now();
    while (asked.length < (frozenMs / 1_000) * perSecond) {
      const passedMs = performance.now() - beganMs;
      while (asked.length < (passedMs / 1_000) * perSecond) asked.push(ask(asked.length));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(asked);
    if (isCampaign)
      process.stdout.write(`R-07: ${waits.length} asked, the longest ${Math.max(...waits).toFixed(0)} ms\n`);
    expect(Math.max(...waits)).toBeLessThan(waitMs);
    expect(changes.map(({ state }) => state)).toEqual(["unavailable"]);
    server.thaw();
    await until(changes, "available");
  }, 120_000);

  test("loses no settlement and no release", async () => {
    const { server, store, changes } = await open();
    for (const id of ["1", "2", "3"]) await store.reserve({ id, scopes: [money], need });
    server.freeze();
    expect(await store.settle({ id: "1" }, { ...need, nanoUsd: 7 })).toBe("noted");
    expect(await store.release({ id: "2" })).toBe("noted");
    await expect(store.settle({ id: "3" }, { ...need, nanoUsd: -1 })).rejects.toMatchObject({
      code: "invalid-reservation",
    });
    expect(await store.settle({ id: "3" }, need)).toBe("noted");
    server.thaw();
    await until(changes, "available");
    await answered(() => store.usage(money)).toMatchObject([{ used: 12, held: 0 }]);
  });

  test("does not say that holds are kept of which it cannot know", async () => {
    const { server, store } = await open();
    await answered(() => store.reserve({ id: "1", scopes: [money], need })).toEqual({ outcome: "held" });
    server.freeze();
    await expect(store.touch([{ id: "1" }])).rejects.toMatchObject(unavailable);
    server.thaw();
    await answered(() => store.touch([{ id: "1" }, { id: "2" }])).toEqual([{ id: "2" }]);
  });

  test("remembers no end that it could not be told", async () => {
    const { server, store, changes } = await open();
    server.freeze();
    await expect(store.reserve({ id: "1", scopes: [money], need })).rejects.toMatchObject(unavailable);
    expect(await store.release({ id: "1" })).toBe("noted");
    await expect(store.durable({ id: "1" })).rejects.toMatchObject(unavailable);
    server.thaw();
    await until(changes, "available");
    await expect
      .poll(() =>
        store.durable({ id: "1" }).then(
          () => "durable",
          () => "not yet",
        ),
      )
      .toBe("durable");
    expect(await store.usage(money)).toMatchObject([{ used: 0, held: 0 }]);
  });

  test("goes on by itself once a process is there again", async () => {
    const { server, store, changes } = await open();
    await server.kill();
    await expect
      .poll(async () => {
        await expect(store.reserve({ id: "1", scopes: [money], need })).rejects.toMatchObject(unavailable);
        return changes.length;
      })
      .toBe(1);
    await server.run();
    await until(changes, "available");
    await answered(() => store.reserve({ id: randomUUID(), scopes: [money], need })).toEqual({ outcome: "held" });
  });

  test("keeps rates without it, each process its part, and none of those that limit money", async () => {
    const { server, store, changes } = await open();
    const rates = withLocalRates({
      shared: store,
      clock,
      isAway: () => changes.at(-1)?.state === "unavailable",
      replicas: () => 2,
    });
    expect(await rates.reserve({ id: "0", scopes: [rate], need })).toEqual({ outcome: "held" });
    server.freeze();
    // One late answer is none that says that Redis is gone.
    await expect(rates.reserve({ id: "late", scopes: [rate], need })).rejects.toMatchObject(unavailable);
    await expect(rates.reserve({ id: "money", scopes: [rate, { ...money, id: "team" }], need })).rejects.toMatchObject(
      unavailable,
    );
    const outcomes: string[] = [];
    for (let index = 1; index <= 8; index++) {
      outcomes.push((await rates.reserve({ id: `${index}`, scopes: [rate], need })).outcome);
    }
    expect(outcomes.filter((outcome) => outcome === "held")).toHaveLength(5);
    expect(await rates.usage(rate)).toMatchObject([{ held: 5 }]);
    expect(await rates.settle({ id: "1" }, need)).toBe("done");
    expect(await rates.touch([{ id: "2" }])).toEqual([]);
    expect(await rates.settle({ id: "0" }, need)).toBe("noted");
    server.thaw();
    await until(changes, "available");
    expect(await rates.settle({ id: "2" }, need)).toBe("done");
    await expect.poll(() => rates.usage(rate)).toMatchObject([{ used: 1, held: 0 }]);
  });
});
