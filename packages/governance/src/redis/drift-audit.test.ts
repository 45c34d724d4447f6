import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Amounts, Limit } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import { memoryLimitBook } from "../testing/memory-limit-book.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";
import type { PartitionFilling } from "./partition-filling.ts";
import { type RedisLimitStore, redisLimitStore } from "./redis-limit-store.ts";
import { auditDrift } from "./drift-audit.ts";
import { MissingHolds } from "./missing-holds.ts";
import { partitionKeys } from "./partition-keys.ts";
import { PartitionFilling as Filling } from "./partition-filling.ts";
import { spoilPartition } from "../testing/spoil-partition.ts";
import { ScriptRunner } from "./script-runner.ts";
import { startFaultProxy } from "../testing/start-fault-proxy.ts";

const partition = "customer acme";
const scope = limitScope({
  id: partition,
  partition,
  limits: [
    { of: "nanoUsd", amount: 1e9, window: { kind: "calendar", unit: "month", timeZone: "UTC" } },
    { of: "nanoUsd", amount: 1e9, window: { kind: "rolling", ms: 3_600_000 } },
    { of: "requests", amount: 1000, window: { kind: "parallel" } },
  ],
});
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const ref = (id: string) => ({ id, partition });
const limitOf = ({ rules }: LimitScope): Limit => {
  const [rule] = rules;
  if (rule === undefined) throw new Error("a scope of no limit");
  return rule.limit;
};

describe.skipIf(!hasRedis)("an audit", () => {
  let server: RedisServer;
  const book = memoryLimitBook();
  let store: RedisLimitStore;
  let filling: PartitionFilling;
  let missing: MissingHolds;
  beforeAll(async () => {
    server = await RedisServer.start();
    const client = server.client();
    store = redisLimitStore({ client, clock: () => Date.now(), book, timeoutMs: 1000 });
    missing = new MissingHolds(client, "drawbridge");
    const runner = new ScriptRunner({
      client: server.client(),
      prefix: "drawbridge",
      fenced: true,
      serverTime: undefined,
    });
    filling = new Filling(runner, { leaseMs: 30_000, graceMs: 90_000 });
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
  });
  const use = async (id: string, nanoUsd: number): Promise<void> => {
    await store.reserve({ ...ref(id), scopes: [scope], need: dollars(100) });
    await store.settle(ref(id), dollars(nanoUsd));
  };
  const fill = async (name: string, epoch: number): Promise<void> => {
    const state = (await book.seed(new Map([[name, epoch]]))).get(name);
    if (state !== undefined) await filling.seed(name, state, 0);
  };
  const auditOf = (name: string, orphanMs = 90_000) =>
    auditDrift(name, { book, filling, fill, missing, settleMs: 300, orphanMs });
  const audit = async (orphanMs?: number) => (await auditOf(partition, orphanMs)).drifts;
  /** Something that no step does. */
  const spoil = async (index: number, settled: number, held: number): Promise<void> => {
    await store.flush();
    const state = await book.load(partition);
    const slot = state.slots.find(({ meter }) => meter === scope.rules[index]?.meter);
    if (slot === undefined) throw new Error("there is no such slot");
    await spoilPartition(server.client(), partition, { ...slot, settled, held });
  };

  test.each([
    [0, 1, 0],
    [0, -1, 0],
    [1, -7, 0],
    [1, 0, 5],
    [0, 3, 2],
  ])(
    "finds what is wrong in Redis by a nano-dollar while requests run, and puts it right (%d: %d, %d)",
    async (...[index, settled, held]) => {
      await use(crypto.randomUUID(), 50);
      await spoil(index, settled, held);
      const running = new AbortController();
      const traffic = [0, 1, 2].map(async () => {
        while (!running.signal.aborted) await use(crypto.randomUUID(), Math.floor(Math.random() * 100));
      });
      const found = await audit();
      expect(found).toMatchObject([{ partition, meter: scope.rules[index]?.meter, settled, held }]);
      expect(await audit()).toEqual([]);
      running.abort();
      await Promise.all(traffic);
    },
  );

  test("a partition that is filled again keeps what owners have told that their holds have come to, unless Redis has lost it", async () => {
    const id = crypto.randomUUID();
    await store.reserve({ ...ref(id), scopes: [scope], need: dollars(100) });
    await store.touch([{ ...ref(id), charge: dollars(20) }]);
    await store.flush();
    const client = server.client();
    const [data = ""] = partitionKeys("drawbridge", partition);
    const isTold = async (): Promise<number> => client.hexists(data, `p:${id}`);
    const fillAgain = async (): Promise<void> => fill(partition, (await book.epochs([partition])).get(partition) ?? 0);
    await fillAgain();
    expect([await client.hexists(data, `h:${id}`), await isTold()]).toEqual([1, 1]);
    await client.del(data);
    await fillAgain();
    expect([await client.hexists(data, `h:${id}`), await isTold()]).toEqual([1, 0]);
    await store.release(ref(id));
  });

  test("L-19: a partition that is filled again and again while requests run counts each once", async () => {
    const running = new AbortController();
    const traffic = [0, 1, 2].map(async () => {
      while (!running.signal.aborted) await use(crypto.randomUUID(), Math.floor(Math.random() * 100));
    });
    for (let round = 0; round < 50; round++) {
      await fill(partition, (await book.epochs([partition])).get(partition) ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    running.abort();
    await Promise.all(traffic);
    await store.flush();
    await store.flush();
    const slots = Map.groupBy((await book.load(partition)).slots, ({ meter }) => meter);
    const booked = [...slots.values()].map((of) => of.reduce((sum, { settled }) => sum + settled, 0));
    expect((await store.usage(scope)).slice(0, 2).map(({ used }) => used)).toEqual(booked);
  });

  test("charges in full what ended in Redis but was never written, as of a process that was killed", async () => {
    await store.flush();
    const before = (await store.usage(scope))[0]?.used ?? Number.NaN;
    const mute = { ...book, apply: () => new Promise<never>(() => {}) };
    const killed = redisLimitStore({ client: server.client(), clock: () => Date.now(), book: mute, timeoutMs: 1000 });
    await store.reserve({ ...ref("orphan"), scopes: [scope], need: dollars(100) });
    await store.flush();
    // The same hold, ended by a process that writes nothing any more.
    await killed.settle(ref("orphan"), dollars(30));
    expect((await store.usage(scope))[0]?.used).toBe(before + 30);
    const found = await audit(0);
    expect(found.map(({ settled }) => settled)).toEqual([-70, -70]);
    expect((await store.usage(scope)).slice(0, 2).map(({ used, held }) => [used - before, held])).toEqual([
      [100, 0],
      [100, 0],
    ]);
  });

  test("leaves alone what a process has yet to write down that may still be there", async () => {
    await store.flush();
    const mute = { ...book, apply: () => new Promise<never>(() => {}) };
    const slow = redisLimitStore({ client: server.client(), clock: () => Date.now(), book: mute, timeoutMs: 1000 });
    await store.reserve({ ...ref("slow"), scopes: [scope], need: dollars(100) });
    await store.flush();
    await slow.settle(ref("slow"), dollars(30));
    expect(await audit()).toEqual([]);
    await audit(0);
  });

  test("L-20: a process that stands still between an end in Redis and the book leaves nothing that differs", async () => {
    const thawed = Promise.withResolvers<void>();
    const apply: typeof book.apply = (records) => thawed.promise.then(() => book.apply(records));
    let nowMs = Date.now() + 60_000;
    const time = { clock: () => nowMs, serverTime: () => nowMs };
    const stood = { partition: "customer stood", id: "stood" };
    const own = limitScope({ id: stood.partition, partition: stood.partition, limits: [limitOf(scope)] });
    const frozen = redisLimitStore({ client: server.client(), book: { ...book, apply }, timeoutMs: 1000, ...time });
    const other = redisLimitStore({ client: server.client(), book, timeoutMs: 1000, ...time });
    const runner = new ScriptRunner({ client: server.client(), prefix: "drawbridge", fenced: true, ...time });
    const options = { book, filling: new Filling(runner, { leaseMs: 30_000, graceMs: 90_000 }), fill, missing };
    const found = async () => {
      const { drifts } = await auditDrift(stood.partition, { ...options, settleMs: 300, orphanMs: 120_000 });
      return drifts;
    };
    await other.reserve({ ...stood, scopes: [own], need: dollars(100) });
    await other.flush();
    // It ends when it has run for minutes, and nobody hears of it for more than a lease.
    for (let touched = 0; touched < 6; touched++) {
      nowMs += 25_000;
      await other.touch([stood]);
    }
    await frozen.settle(stood, dollars(30));
    const drifts = [...(await found())];
    nowMs += 60_000;
    drifts.push(...(await found()));
    thawed.resolve();
    await frozen.flush();
    drifts.push(...(await found()));
    expect(drifts).toEqual([]);
    expect((await other.usage(own))[0]).toMatchObject({ used: 30, held: 0 });
    expect((await book.load(stood.partition)).slots).toMatchObject([{ settled: 30 }]);
    await Promise.all([frozen.close(), other.close()]);
  });

  test.each([
    ["settled once it has expired", [31_000, 91_000], 30],
    ["given back once it has expired", [31_000, 91_000], undefined],
    ["settled while it runs", [], 30],
  ])(
    "L-20: an end that the book has and Redis has yet to hear of is no difference, and Redis hears of it (%s)",
    async (name, waitsMs, used) => {
      const tenant = `customer ${name}`;
      const unheard = { partition: tenant, id: name };
      const own = limitScope({ id: tenant, partition: tenant, limits: [limitOf(scope)] });
      let nowMs = Date.now();
      const time = { clock: () => nowMs, serverTime: () => nowMs };
      const wire = await startFaultProxy(server.port);
      const client = server.client({ port: wire.port });
      const owner = redisLimitStore({ client, book, timeoutMs: 1000, ...time });
      const other = redisLimitStore({ client: server.client(), book, timeoutMs: 1000, ...time });
      await owner.reserve({ ...unheard, scopes: [own], need: dollars(100) });
      await owner.flush();
      for (const waitMs of waitsMs) {
        nowMs += waitMs;
        await other.sweep();
      }
      await other.flush();
      wire.set({ kind: "refusing" });
      await (used === undefined ? owner.release(unheard) : owner.settle(unheard, dollars(used)));
      await expect.poll(async () => (await book.ended(tenant, [name])).size, { timeout: 30_000 }).toBe(1);
      const runner = new ScriptRunner({ client: server.client(), prefix: "drawbridge", fenced: true, ...time });
      const options = { book, filling: new Filling(runner, { leaseMs: 30_000, graceMs: 90_000 }), fill, missing };
      const before = await book.epochs([tenant]);
      const { drifts } = await auditDrift(tenant, { ...options, settleMs: 300, orphanMs: 120_000 });
      expect(drifts).toEqual([]);
      expect((await other.usage(own))[0]).toMatchObject({ used: used ?? 0, held: 0 });
      // Nobody had to wait for a filling.
      expect(await book.epochs([tenant])).toEqual(before);
      wire.set({ kind: "open" });
      await expect.poll(() => owner.usage(own).catch(() => undefined), { timeout: 30_000 }).toBeDefined();
      await owner.close();
      expect((await other.usage(own))[0]).toMatchObject({ used: used ?? 0, held: 0 });
      await other.close();
      await wire.close();
    },
    60_000,
  );

  test("tells nobody that a hold has expired whose end the book has and Redis had yet to hear of", async () => {
    const tenant = `customer unreachable`;
    const unheard = { partition: tenant, id: "unreachable" };
    const own = limitScope({ id: tenant, partition: tenant, limits: [limitOf(scope)] });
    let nowMs = Date.now();
    const time = { clock: () => nowMs, serverTime: () => nowMs };
    const wire = await startFaultProxy(server.port);
    const owner = redisLimitStore({ client: server.client({ port: wire.port }), book, timeoutMs: 1000, ...time });
    const other = redisLimitStore({ client: server.client(), book, timeoutMs: 1000, ...time });
    await owner.reserve({ ...unheard, scopes: [own], need: dollars(100) });
    await owner.flush();
    wire.set({ kind: "refusing" });
    expect(await owner.release(unheard)).toBe("noted");
    await owner.durable(unheard);
    for (const waitMs of [31_000, 91_000]) {
      nowMs += waitMs;
      expect((await other.sweep()).expired).toEqual([]);
    }
    expect((await other.usage(own))[0]).toMatchObject({ used: 0, held: 0 });
    await Promise.all([owner.close(), other.close()]);
    await wire.close();
  });

  test("writes down what only Redis holds, so that it is charged also when Redis loses it", async () => {
    const mute = { ...book, apply: () => new Promise<never>(() => {}) };
    const tenant = "customer silent";
    const held = { partition: tenant, id: "silent" };
    const own = limitScope({ id: tenant, partition: tenant, limits: [limitOf(scope)] });
    const killed = redisLimitStore({ client: server.client(), clock: () => Date.now(), book: mute, timeoutMs: 1000 });
    await killed.reserve({ ...held, scopes: [own], need: dollars(100) });
    expect((await book.load(tenant)).holds).toEqual([]);
    const { drifts, expired } = await auditOf(tenant);
    expect([drifts, expired]).toEqual([[], []]);
    expect((await book.load(tenant)).holds).toMatchObject([{ id: "silent", state: "held", demand: dollars(100) }]);
  });

  test("tells again of what has expired lately, and the book of what it has not heard", async () => {
    await store.flush();
    const mute = { ...book, apply: () => new Promise<never>(() => {}) };
    const short = { client: server.client(), clock: () => Date.now(), timeoutMs: 1000, leaseMs: 1, graceMs: 1 };
    const killed = redisLimitStore({ ...short, book: mute });
    await redisLimitStore({ ...short, book }).reserve({ ...ref("gone"), scopes: [scope], need: dollars(100) });
    // Swept by a process that ends before it can say so to anybody.
    const isSwept = async (): Promise<boolean> => (await killed.sweep()).expired.some(({ id }) => id === "gone");
    await expect.poll(isSwept).toBe(true);
    const ids = async (): Promise<readonly string[]> => {
      const { drifts, expired } = await auditOf(partition);
      expect(drifts).toEqual([]);
      return expired.map(({ id }) => id);
    };
    expect(await ids()).toContain("gone");
    expect(await ids()).toContain("gone");
    expect((await book.load(partition)).holds).toContainEqual(
      expect.objectContaining({ id: "gone", state: "expired", demand: dollars(100) }),
    );
  });

  test("is done by one process", async () => {
    const other = redisLimitStore({ client: server.client(), clock: () => Date.now(), book, timeoutMs: 1000 });
    await use("1", 1);
    await other.reserve({ ...ref("2"), scopes: [scope], need: dollars(1) });
    await other.settle(ref("2"), dollars(1));
    await spoil(0, 9, 0);
    const found = await Promise.all([store.audit(), other.audit()]);
    expect(found.flat()).toMatchObject([{ settled: 9 }]);
    await other.close();
  });
});
