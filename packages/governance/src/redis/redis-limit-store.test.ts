import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { commandCount } from "../testing/command-count.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer, startRedisCluster } from "../testing/redis-server.ts";
import type { RedisClient } from "./redis-client.ts";
import { redisLimitStore } from "./redis-limit-store.ts";

const commands = commandCount({ here: 500, ci: 4_000 });
const isCi = process.env["CI"] !== undefined;
const rounds = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined ? 200 : isCi ? 20 : 5;
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });

interface Place {
  client(): RedisClient;
  stop(): Promise<void>;
}

const places: readonly (readonly [name: string, start: () => Promise<Place>])[] = [
  ["Redis", () => RedisServer.start()],
  ["a cluster of three", () => startRedisCluster()],
];

describe.skipIf(!hasRedis).each(places)("in %s", (name, start) => {
  let place: Place;
  let clients: readonly RedisClient[];
  let opened = 0;
  beforeAll(async () => {
    place = await start();
    clients = [place.client(), place.client(), place.client()];
  });
  afterAll(() => place.stop());
  const clientAt = (index: number): RedisClient => clients[index % clients.length] ?? place.client();

  limitStoreContract({
    name: `a limit store in ${name}`,
    open: async ({ clock, ...leases }) => {
      const prefix = `test ${(opened += 1)}`;
      const store = redisLimitStore({
        client: clientAt(0),
        clock,
        serverTime: clock,
        prefix,
        timeoutMs: 5000,
        ...leases,
      });
      return { store };
    },
    commands,
  });

  limitStoreContract({
    name: `a limit store in ${name} with a book`,
    open: async ({ clock, ...leases }) => {
      const options = { clock, serverTime: clock, prefix: `book ${(opened += 1)}`, timeoutMs: 5000, ...leases };
      const store = redisLimitStore({ ...options, client: clientAt(0), book: memoryLimitBook() });
      return { store, close: () => store.close() };
    },
    commands,
  });

  test("three processes that are asked 200 times at once admit exactly as many as fit", async () => {
    const storeOf = (client: RedisClient) =>
      redisLimitStore({ client, clock: () => Date.now(), prefix: "race", timeoutMs: 5000 });
    const stores = clients.map(storeOf);
    const watching = storeOf(clientAt(0));
    for (let round = 0; round < rounds; round++) {
      const fit = 1 + ((round * 7919) % 599);
      const partition = `customer ${round}`;
      const scopes = [
        limitScope({
          id: partition,
          partition,
          limits: [
            { of: "nanoUsd", amount: 3 * fit + 2, window: { kind: "calendar", unit: "month", timeZone: "UTC" } },
          ],
        }),
        limitScope({
          id: `team ${round}`,
          partition,
          limits: [{ of: "requests", amount: fit + 1, window: { kind: "rolling", ms: 60_000 } }],
        }),
        limitScope({
          id: `key ${round}`,
          partition,
          limits: [{ of: "requests", amount: fit + 2, window: { kind: "parallel" } }],
        }),
      ];
      const results = await Promise.all(
        stores.flatMap((store, process) =>
          Array.from({ length: 200 }, (_, index) => {
            const id = `${process} ${index}`;
            return store.reserve({ id, partition, scopes, need: dollars(3) });
          }),
        ),
      );
      expect(results.filter(({ outcome }) => outcome === "held")).toHaveLength(fit);
      const usages = await Promise.all(scopes.map((scope) => watching.usage(scope)));
      expect(usages.flat().map(({ held }) => held)).toEqual([3 * fit, fit, fit]);
    }
  }, 600_000);
});
