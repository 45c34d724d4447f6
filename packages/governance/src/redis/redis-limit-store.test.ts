import { afterAll, beforeAll, describe, test } from "vitest";
import { commandCount } from "../testing/command-count.ts";
import { refusedTakeNothing, requestsAtFiveTimesTheRate, tokensOfMixedSizes } from "../testing/rate-history.ts";
import { raceForRoom } from "../testing/limit-race.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { startRedisCluster } from "../testing/start-redis-cluster.ts";
import type { RedisClient } from "./redis-client.ts";
import { redisLimitStore } from "./redis-limit-store.ts";

const commands = commandCount({ here: 500, ci: 4_000 });
const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] !== undefined;
/** How often stores race for room. */
const roundsOf = (ci: number): number => (isCampaign ? 200 : process.env["CI"] === undefined ? 5 : ci);

interface Place {
  client(): RedisClient;
  stop(): Promise<void>;
}

const places: readonly (readonly [name: string, rounds: number, start: () => Promise<Place>])[] = [
  ["Redis", roundsOf(200), () => RedisServer.start()],
  ["a cluster of three", roundsOf(20), () => startRedisCluster()],
];

describe.skipIf(!hasRedis).each(places)("in %s", (name, rounds, start) => {
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

  test("R-01 R-02 R-03: three processes keep a rate that is asked for five times as much", async () => {
    const clock = { nowMs: Date.parse("2026-11-25T12:00:00Z") };
    const now = (): number => clock.nowMs;
    const options = { clock: now, serverTime: now, prefix: `rates ${(opened += 1)}`, timeoutMs: 60_000 };
    const stores = clients.map((client) => redisLimitStore({ ...options, client }));
    const scene = { stores, clock, forMs: isCampaign ? 600_000 : 120_000 };
    const rates = [await requestsAtFiveTimesTheRate(scene), await tokensOfMixedSizes(scene)];
    await refusedTakeNothing(scene, isCampaign ? 10_000 : 200);
    if (isCampaign) process.stdout.write(`R-01 R-02 in ${name}: ${rates.map((rate) => rate.toFixed(3)).join(", ")}\n`);
  }, 600_000);

  test(`L-02: three processes that are asked 200 times at once admit exactly as many as fit, in each of ${rounds} rounds`, async () => {
    const storeOf = (client: RedisClient) =>
      redisLimitStore({ client, clock: () => Date.now(), prefix: "race", timeoutMs: 60_000 });
    const stores = clients.map(storeOf);
    await raceForRoom({ stores, ofStore: 200, rounds });
  }, 600_000);
});
