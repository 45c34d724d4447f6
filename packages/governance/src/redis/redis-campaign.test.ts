import { afterEach, describe, expect, test } from "vitest";
import type { LimitBook } from "../limits/limit-book.ts";
import { postgresLimitBook } from "../postgres/postgres-limit-book.ts";
import { type HinderedBook, hinderedBook } from "../testing/hindered-book.ts";
import { bookedOf, isUnavailable, limitCampaign } from "../testing/limit-campaign.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { onPostgres } from "../testing/test-database.ts";
import { redisLimitStore } from "./redis-limit-store.ts";

const forMs = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 4000 : 120_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What can happen to a Redis and to a book, some moments each. */
function faultsOf(server: RedisServer, book: HinderedBook): readonly (() => Promise<void>)[] {
  const client = server.client();
  const goAway = async (): Promise<void> => {
    await server.kill();
    await pause(50);
    await server.run();
  };
  return [
    async () => void (await client.flushall()),
    goAway,
    async () => {
      // What it comes back with is older than what it has said.
      await client.save();
      await pause(100);
      await goAway();
    },
    async () => {
      server.freeze();
      await pause(300);
      server.thaw();
    },
    async () => {
      book.isAway = true;
      await pause(200);
      book.isAway = false;
    },
    async () => {
      book.delayMs = 40;
      await pause(200);
      await client.flushall();
      await pause(100);
      book.delayMs = 0;
    },
    async () => void (book.answersLost = 2),
  ];
}

async function campaign(inner: LimitBook, server: RedisServer): Promise<void> {
  const book = hinderedBook(inner);
  const stores = [0, 1, 2].map(() => {
    const options = { client: server.client(), clock: () => Date.now(), book, leaseMs: 400, graceMs: 200 };
    return redisLimitStore(options);
  });
  const over = new AbortController();
  const sweeping = stores.map(async (store) => {
    for (; !over.signal.aborted; await pause(50)) await store.sweep();
  });
  const faults = faultsOf(server, book);
  const fault = async (): Promise<void> => faults[Math.floor(Math.random() * faults.length)]?.();
  const { accounts, ...counts } = await limitCampaign({ stores, forMs, fault });
  const [first] = stores;
  await pause(1000);
  await Promise.all(stores.map((store) => store.flush()));
  // What a sweep did whose answer was lost is known to Redis alone until then.
  const audit = (): Promise<boolean> =>
    Promise.all(stores.map((store) => store.audit())).then(
      () => true,
      // A busy machine does not answer in time; it is asked again.
      (error: unknown) => {
        if (isUnavailable(error)) return false;
        throw error;
      },
    );
  await expect.poll(audit).toBe(true);
  for (const { scope, amount, spent } of accounts) {
    const standing = async (): Promise<unknown> => {
      const usage = await first?.usage(scope).catch(() => undefined);
      return [usage?.[0]?.used, usage?.[0]?.held, usage?.[2]?.held, (await bookedOf(book, scope)) ?? 0];
    };
    await expect.poll(standing, { interval: 100 }).toEqual([spent, 0, 0, spent]);
    expect(spent).toBeLessThanOrEqual(amount);
  }
  expect(counts.requests).toBeGreaterThan(50);
  expect(counts.faults).toBeGreaterThan(1);
  over.abort();
  await Promise.all(sweeping);
  await Promise.all(stores.map((store) => store.close()));
}

describe.skipIf(!hasRedis)(
  "whatever happens to Redis and the book, every request is charged once and none beyond its limit",
  () => {
    let server: RedisServer | undefined;
    afterEach(() => server?.stop());

    test("with a book in memory", async () => {
      server = await RedisServer.start();
      await campaign(memoryLimitBook(), server);
    }, 600_000);

    onPostgres((opened) => {
      test("with a book in PostgreSQL", async () => {
        server = await RedisServer.start();
        await campaign(postgresLimitBook({ database: opened.database }), server);
      }, 600_000);
    });
  },
);
