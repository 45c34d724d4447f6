import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Amounts } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import type { LimitStore, ReserveResult } from "../limits/limit-store.ts";
import { campaignScope } from "../testing/limit-campaign.ts";
import { type HinderedBook, hinderedBook } from "../testing/hindered-book.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import { startRedisCluster } from "../testing/start-redis-cluster.ts";
import { startFaultProxy } from "../testing/start-fault-proxy.ts";
import { type RedisLimitStore, redisLimitStore } from "./redis-limit-store.ts";

const rounds = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 1 : 20;
const partition = "customer acme";
const limits = [
  { of: "nanoUsd", amount: 10_000, window: { kind: "calendar", unit: "month", timeZone: "UTC" } },
  { of: "totalTokens", amount: 1e6, window: { kind: "rolling", ms: 60_000 } },
] as const;
const customer = limitScope({ id: partition, partition, limits });
const parallel = limitScope({
  id: "key alice",
  partition,
  limits: [{ of: "requests", amount: 50, window: { kind: "parallel" } }],
});
const scopes = [customer, parallel];
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: nanoUsd, outputTokens: 0 });
const ref = (id: string) => ({ id, partition });

interface World {
  readonly server: RedisServer;
  readonly book: HinderedBook;
  readonly stores: readonly RedisLimitStore[];
  readonly open: (leaseMs?: number, bookTimeoutMs?: number) => RedisLimitStore;
}

describe.skipIf(!hasRedis)("when Redis loses what it held, stores with a book", () => {
  const worlds: World[] = [];
  afterEach(async () => {
    for (const { server, stores, book } of worlds.splice(0)) {
      book.isAway = false;
      await Promise.all(stores.map((store) => store.close()));
      await server.stop();
    }
  });
  const build = async (count: number): Promise<World> => {
    const server = await RedisServer.start(["--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"]);
    const book = hinderedBook(memoryLimitBook());
    const stores: RedisLimitStore[] = [];
    const open = (leaseMs = 30_000, bookTimeoutMs = 2_000): RedisLimitStore => {
      const options = { client: server.client(), clock: () => Date.now(), book, leaseMs, graceMs: 100 };
      // Longer than a busy machine stands still; nothing here waits so long for an answer.
      const store = redisLimitStore({ ...options, timeoutMs: 10_000, bookTimeoutMs });
      stores.push(store);
      return store;
    };
    for (let index = 0; index < count; index++) open();
    const world = { server, book, stores, open };
    worlds.push(world);
    return world;
  };
  /** Asks again for as long as the store is filling. */
  const reserve = async (store: LimitStore, id: string, nanoUsd: number): Promise<ReserveResult> => {
    for (let tries = 0; ; tries++) {
      try {
        return await store.reserve({ ...ref(id), scopes, need: dollars(nanoUsd) });
      } catch (error) {
        if (tries === 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const moneyOf = async (store: LimitStore) => {
    const [money] = await store.usage(customer);
    return { used: money?.used, held: money?.held };
  };

  const losses: readonly (readonly [string, (server: RedisServer) => Promise<void>])[] = [
    ["its data are flushed", async (server) => void (await server.client().flushall())],
    [
      "it is killed and comes back empty",
      async (server) => {
        await server.kill();
        rmSync(join(server.folder, "dump.rdb"), { force: true });
        await server.run();
      },
    ],
    [
      "it is killed and comes back as it was before",
      async (server) => {
        await server.kill();
        await server.run();
      },
    ],
    [
      "it goes back to what it was before without a restart",
      async (server) => void (await server.client().debug("RELOAD", "NOSAVE")),
    ],
  ];

  test.each(losses)(
    "count on as if nothing had been when %s",
    async (_, lose) => {
      for (let round = 0; round < rounds; round++) {
        const { server, stores, book } = await build(2);
        const [first, second] = [stores[0] ?? (await build(1)).stores[0], stores[1]];
        if (first === undefined || second === undefined) throw new Error("no stores");
        await reserve(first, "early", 1000);
        await first.settle(ref("early"), dollars(900));
        await server.client().save();
        await reserve(first, "held", 2000);
        await reserve(second, "open", 3000);
        await reserve(second, "late", 4000);
        await second.settle(ref("late"), dollars(3500));
        await Promise.all([first.durable(ref("held")), second.durable(ref("open"))]);
        await lose(server);
        // 900 and 3,500 are used, 2,000 and 3,000 are held: 600 are left.
        expect(await reserve(second, "too much", 601)).toMatchObject({
          outcome: "refused",
          refusal: { used: 4400, held: 5000 },
        });
        expect(await reserve(first, "last", 600)).toEqual({ outcome: "held" });
        expect(await first.settle(ref("held"), dollars(1))).toBe("done");
        expect(await second.settle(ref("open"), dollars(2))).toBe("done");
        expect(await first.settle(ref("last"), dollars(3))).toBe("done");
        expect(await first.settle(ref("last"), dollars(3))).not.toBe("done");
        await Promise.all(stores.map((store) => store.flush()));
        expect(await moneyOf(second)).toEqual({ used: 4406, held: 0 });
        const { slots, holds } = await book.load(partition);
        expect([slots.find(({ meter }) => meter === customer.rules[0]?.meter)?.settled, holds]).toEqual([4406, []]);
      }
    },
    600_000,
  );

  test("count nothing again of a hold that has ended, when word of its earlier life comes late", async () => {
    const { stores, server, book, open } = await build(1);
    const [owner] = stores;
    const slow = hinderedBook(book);
    const sweeper = redisLimitStore({
      client: server.client(),
      clock: () => Date.now(),
      book: slow,
      timeoutMs: 10_000,
    });
    if (owner === undefined) throw new Error("no store");
    const short = open(1);
    await reserve(short, "1", 40);
    await short.flush();
    // That it has lapsed is on its way to the book when Redis loses everything and the hold ends.
    slow.delayMs = 1_000;
    await vi.waitFor(async () => expect((await sweeper.sweep()).lapsed).toHaveLength(1), { timeout: 30_000 });
    await server.client().flushall();
    const [hold] = (await book.load(partition)).holds;
    if (hold === undefined) throw new Error("no hold");
    await book.apply([{ ...hold, state: "closed", used: { ...dollars(7), requests: 1 } }]);
    await reserve(owner, "2", 1);
    await owner.release(ref("2"));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await sweeper.flush();
    expect(await owner.usage(customer)).toMatchObject([
      { used: 7, held: 0 },
      { used: 7, held: 0 },
    ]);
    await sweeper.close();
  });

  test("count once what two processes have ended, of which one says so before a filling and one after it", async () => {
    const { stores, server, book } = await build(1);
    const [owner] = stores;
    if (owner === undefined) throw new Error("no store");
    const slow = hinderedBook(book);
    const client = server.client();
    const other = redisLimitStore({ client, clock: () => Date.now(), book: slow, timeoutMs: 10_000 });
    await reserve(owner, "1", 40);
    await owner.flush();
    const standing = slow.stop();
    expect(await other.settle(ref("1"), dollars(7))).toBe("done");
    // Its owner could not reach Redis, and the book has its word.
    const [hold] = (await book.load(partition)).holds;
    if (hold === undefined) throw new Error("no hold");
    await book.apply([{ ...hold, state: "closed", seq: 0, used: { ...dollars(7), requests: 1 } }]);
    await server.client().flushall();
    await reserve(owner, "2", 1);
    await owner.release(ref("2"));
    standing.goOn();
    await other.flush();
    await owner.flush();
    expect(await moneyOf(owner)).toEqual({ used: 7, held: 0 });
    await other.close();
  });

  test("let a request begin only when the book has it, while the book is slow", async () => {
    const { stores, book } = await build(1);
    const [store] = stores;
    if (store === undefined) throw new Error("no store");
    /** False where the machine stood still for so long that the book was taken to be away. */
    const isSeen = async (round: number): Promise<boolean> => {
      await reserve(store, `before ${round}`, 1);
      await store.flush();
      const slow = book.stop();
      try {
        await reserve(store, `during ${round}`, 1);
        await new Promise((resolve) => setTimeout(resolve, 100));
        let hasBegun = false;
        const request = { ...ref(`after ${round}`), scopes, need: dollars(1) };
        const after = store.reserve(request).then(
          () => (hasBegun = true),
          () => false,
        );
        // Redis has answered, or the book is taken to be away.
        const held = async (): Promise<number> => (await store.usage(customer))[0]?.held ?? 0;
        const isAsked = async (): Promise<boolean> => (await held()) === 3 * round + 3;
        await Promise.race([after, expect.poll(isAsked, { timeout: 30_000 }).toBe(true)]);
        expect(hasBegun).toBe(false);
        slow.goOn();
        return await after;
      } finally {
        slow.goOn();
        await store.flush();
      }
    };
    let tries = 0;
    await expect.poll(() => isSeen(tries++), { timeout: 60_000 }).toBe(true);
    // Whatever becomes of Redis and of this process now, what it costs is known.
    expect((await book.load(partition)).holds.map(({ id }) => id)).toContain(`after ${tries - 1}`);
  }, 120_000);

  test("let nobody wait for a book that has been silent for a second", async () => {
    const { open, book } = await build(0);
    const store = open(30_000, 60_000);
    await reserve(store, "before", 1);
    const silent = book.stop();
    await reserve(store, "during", 1);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const beganMs = performance.now();
    const after = store.reserve({ ...ref("after"), scopes, need: dollars(1) });
    await expect(after).rejects.toMatchObject({ code: "store-unavailable" });
    // Without that it would have waited for a minute.
    expect(performance.now() - beganMs).toBeLessThan(rounds === 1 ? 10_000 : 100);
    silent.goOn();
  });

  test("give back what the book has not taken in time for a request to begin", async () => {
    const { server, book } = await build(1);
    const client = server.client();
    const store = redisLimitStore({ client, clock: () => Date.now(), book, timeoutMs: 1000, bookTimeoutMs: 100 });
    const asked = async (id: string): Promise<boolean> =>
      store.reserve({ ...ref(id), scopes, need: dollars(1) }).then(
        () => true,
        () => false,
      );
    await expect.poll(() => asked(crypto.randomUUID()), { timeout: 10_000 }).toBe(true);
    await store.flush();
    const before = (await moneyOf(store)).held ?? Number.NaN;
    book.delayMs = 900;
    let held = 0;
    for (; await asked(`late ${held}`); held++) await new Promise((resolve) => setTimeout(resolve, 20));
    book.delayMs = 0;
    await store.flush();
    await expect.poll(() => moneyOf(store), { timeout: 10_000 }).toEqual({ used: 0, held: before + held });
    await store.close();
  });

  test("know that a hold has ended when the book does, and not that it has expired", async () => {
    const { stores, book } = await build(1);
    const [store] = stores;
    if (store === undefined) throw new Error("no store");
    await reserve(store, "ends", 10);
    await store.flush();
    expect(await store.hasEnded?.(ref("ends"))).toBe(false);
    const standing = book.stop();
    await store.settle(ref("ends"), dollars(1));
    expect(await store.hasEnded?.(ref("ends"))).toBe(false);
    standing.goOn();
    await store.flush();
    expect(await store.hasEnded?.(ref("ends"))).toBe(true);
  });

  test("keep what is on its way to a slow book", async () => {
    const { server, stores, book } = await build(2);
    const [first, second] = stores;
    if (first === undefined || second === undefined) throw new Error("no stores");
    await reserve(first, "0", 1);
    await first.settle(ref("0"), dollars(1));
    await first.flush();
    book.delayMs = 60;
    await reserve(first, "held", 5000);
    await reserve(first, "ended", 4000);
    await first.settle(ref("ended"), dollars(3000));
    await server.client().flushall();
    // Nobody is let in until what was on its way has arrived.
    expect(await reserve(second, "too much", 2000)).toMatchObject({
      outcome: "refused",
      refusal: { used: 3001, held: 5000 },
    });
    book.delayMs = 0;
    expect(await first.touch([ref("held")])).toEqual([]);
    await first.settle(ref("held"), dollars(10));
    await Promise.all(stores.map((store) => store.flush()));
    expect(await moneyOf(second)).toEqual({ used: 3011, held: 0 });
  });

  test("count an end once of which the book has not answered whether it has it, when Redis is lost before it is asked again", async () => {
    const { server, book, open } = await build(0);
    const lossy = hinderedBook(book);
    const [other, time] = [open(), { clock: () => Date.now(), timeoutMs: 1000 }];
    const store = redisLimitStore({ client: server.client(), book: lossy, ...time });
    await reserve(store, "doubtful", 100);
    await store.flush();
    lossy.answersLost = Number.POSITIVE_INFINITY;
    const written = vi.spyOn(book, "apply");
    await store.settle(ref("doubtful"), dollars(70));
    await expect.poll(() => written.mock.results.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await written.mock.results[0]?.value;
    await server.client().flushall();
    // Filled from a book that has the end, which is written once more after that.
    expect(await moneyOf(other)).toEqual({ used: 70, held: 0 });
    lossy.answersLost = 0;
    const isWritten = (): Promise<boolean> =>
      store.durable(ref("doubtful")).then(
        () => true,
        () => false,
      );
    await expect.poll(isWritten, { timeout: 20_000 }).toBe(true);
    await store.flush();
    expect(await moneyOf(other)).toEqual({ used: 70, held: 0 });
    await store.close();
  });

  test("charge a hold in full whose process is gone, once", async () => {
    const { server, book, open } = await build(0);
    const gone = open(200);
    await reserve(gone, "gone", 700);
    await gone.durable(ref("gone"));
    await server.client().flushall();
    const other = open(200);
    expect(await moneyOf(other)).toEqual({ used: 0, held: 700 });
    const found: unknown[] = [];
    await expect
      .poll(async () => {
        const { lapsed, expired } = await other.sweep();
        found.push(...lapsed, ...expired);
        return moneyOf(other);
      })
      .toEqual({ used: 700, held: 0 });
    const charged = { charged: dollars(700), scopes: [customer.id, parallel.id] };
    expect(found).toEqual([ref("gone"), { ...ref("gone"), ...charged }]);
    await other.flush();
    await server.client().flushall();
    expect(await moneyOf(other)).toEqual({ used: 700, held: 0 });
    expect(await gone.settle(ref("gone"), dollars(50))).toBe("done");
    await gone.flush();
    expect(await moneyOf(other)).toEqual({ used: 50, held: 0 });
    expect((await book.load(partition)).holds).toEqual([]);
  });

  test("charge it although nobody asks for anything of its tenant any more", async () => {
    const { server, open } = await build(0);
    const [gone, survivor] = [open(50), open(50)];
    await reserve(gone, "1", 40);
    await gone.durable(ref("1"));
    await reserve(survivor, "2", 1);
    await survivor.release(ref("2"));
    await survivor.flush();
    await server.client().flushall();
    await survivor.audit();
    const expired: unknown[] = [];
    await vi.waitFor(
      async () => {
        expired.push(...(await survivor.sweep()).expired);
        expect(expired).toHaveLength(1);
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(expired).toEqual([{ ...ref("1"), charged: dollars(40), scopes: [customer.id, parallel.id] }]);
    expect(await moneyOf(survivor)).toEqual({ used: 40, held: 0 });
  });

  test("end what runs while the book is away, and let nobody begin what it could not remember", async () => {
    const { server, stores, book } = await build(1);
    const [store] = stores;
    if (store === undefined) throw new Error("no store");
    await reserve(store, "1", 100);
    await store.durable(ref("1"));
    book.isAway = true;
    await reserve(store, "2", 100);
    await store.settle(ref("1"), dollars(60));
    await expect(store.durable(ref("2"))).rejects.toMatchObject({ code: "store-unavailable" });
    const third = store.reserve({ ...ref("3"), scopes, need: dollars(1) });
    await expect(third).rejects.toMatchObject({ code: "store-unavailable" });
    book.isAway = false;
    book.answersLost = 3;
    await store.durable(ref("2"));
    await store.flush();
    await server.client().flushall();
    expect(await moneyOf(store)).toEqual({ used: 60, held: 100 });
  });

  test("count on at a replica that took over and had not heard everything", async () => {
    const { server, book } = await build(0);
    const replica = await RedisServer.start(["--replicaof", "127.0.0.1", `${server.port}`]);
    let port = server.port;
    const proxy = await startFaultProxy(() => port);
    const client = server.client({ port: proxy.port });
    const store = redisLimitStore({ client, clock: () => Date.now(), book, timeoutMs: 10_000 });
    await reserve(store, "heard", 1000);
    await store.settle(ref("heard"), dollars(800));
    const heard = replica.client();
    await expect.poll(() => heard.info("replication")).toContain("master_link_status:up");
    await server.client().wait(1, 1000);
    replica.freeze();
    await reserve(store, "unheard", 4000);
    await store.settle(ref("unheard"), dollars(3000));
    await reserve(store, "held", 5000);
    await store.durable(ref("held"));
    await server.kill();
    replica.thaw();
    await heard.replicaof("NO", "ONE");
    port = replica.port;
    proxy.set({ kind: "refusing" });
    proxy.set({ kind: "open" });
    expect(await reserve(store, "too much", 1201)).toMatchObject({
      outcome: "refused",
      refusal: { used: 3800, held: 5000 },
    });
    expect(await store.settle(ref("held"), dollars(1))).toBe("done");
    await store.flush();
    expect(await moneyOf(store)).toEqual({ used: 3801, held: 0 });
    await store.close();
    await proxy.close();
    await replica.stop();
  });

  test("count on when one node of a cluster comes back empty", async () => {
    const cluster = await startRedisCluster();
    const book = memoryLimitBook();
    const store = redisLimitStore({ client: cluster.client(), clock: () => Date.now(), book, timeoutMs: 10_000 });
    const customers = Array.from({ length: 12 }, (_, index) => campaignScope(`customer ${index}`, 100));
    const hold = (id: string, scope: (typeof customers)[number]) => ({
      id,
      partition: scope.partition,
      scopes: [scope],
    });
    for (const scope of customers) {
      await store.reserve({ ...hold("1", scope), need: dollars(90) });
      await store.settle(hold("1", scope), dollars(60));
    }
    await store.flush();
    const [node] = cluster.servers;
    await node?.kill();
    await node?.run();
    for (const scope of customers) {
      const asked = () =>
        store.reserve({ ...hold(crypto.randomUUID(), scope), need: dollars(41) }).catch(() => undefined);
      await expect.poll(asked).toMatchObject({ outcome: "refused", refusal: { used: 60, held: 0 } });
    }
    await store.close();
    await cluster.stop();
  });
});
