import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryBook } from "../book/memory-book.ts";
import { compileDirectory } from "../directory/compile-directory.ts";
import { createGovernance, type Governance } from "../governance.ts";
import type { CalendarWindow } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import { periodOf } from "../limits/period-of.ts";
import { zoneOffsets } from "../limits/zone-offsets.ts";
import { type RedisLimitStore, redisLimitStore } from "../redis/redis-limit-store.ts";
import { hasRedis, RedisServer } from "../testing/redis-server.ts";

const requests = process.env["DRAWBRIDGE_CAMPAIGN"] === undefined ? 300 : 5_000;
const minuteMs = 60_000;
const partition = "customer acme";
/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;
const windows: readonly CalendarWindow[] = (["minute", "hour", "day", "month"] as const).flatMap((unit) =>
  ["UTC", "Europe/Berlin"].map((timeZone): CalendarWindow => ({ kind: "calendar", unit, timeZone })),
);
const directory = compileDirectory({}, { hasher: { digest: (token) => token } });
const bound = { inputTokens: 10, outputTokens: 500, nanoUsd: (output: number) => 10 + output };
const offsetAt = zoneOffsets();

/** What is used in each period of each window. */
class Sums {
  readonly #of = windows.map(() => new Map<number, number>());

  add(atMs: number, nanoUsd: number): void {
    for (const [place, sums] of this.#periods(atMs)) sums.set(place, (sums.get(place) ?? 0) + nanoUsd);
  }

  at(atMs: number): number[] {
    return this.#periods(atMs).map(([period, sums]) => sums.get(period) ?? 0);
  }

  get all(): readonly ReadonlyMap<number, number>[] {
    return this.#of;
  }

  #periods(atMs: number): [number, Map<number, number>][] {
    return windows.map((window, place) => [periodOf(window, atMs, offsetAt).startMs, this.#of[place] ?? new Map()]);
  }
}

describe.skipIf(!hasRedis)("replicas whose clocks are five minutes off", () => {
  let redis: RedisServer;
  let stores: readonly RedisLimitStore[];
  let governances: readonly Governance[];
  const server = { now: 0 };
  let book = memoryBook();
  beforeEach(async () => {
    redis = await RedisServer.start();
    server.now = Date.parse("2026-11-30T22:30:00Z");
    book = memoryBook();
    let minted = 0;
    const newId = (): string => `r${(minted += 1)}`;
    const clocks = [0, 5 * minuteMs, -5 * minuteMs].map((offMs) => () => server.now + offMs);
    const time = { serverTime: () => server.now, timeoutMs: 30_000 };
    stores = clocks.map((clock) => redisLimitStore({ client: redis.client(), clock, ...time }));
    governances = clocks.map((clock, index) => {
      const limits = stores[index];
      if (limits === undefined) throw new Error("no store");
      return createGovernance({ limits, book, clock, newId, snapshot: () => ({ directory }) });
    });
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await redis.stop();
  });

  /** One request that takes some time; how long it has to wait where it is refused. */
  async function request(governance: Governance | undefined, scope: LimitScope, end: () => number) {
    const holder = { keyId: "k", keyName: "k", tags: {}, partition, scopes: [scope], scopesAt: () => [] };
    const admission = await governance?.admit({ holder, modelAsked: "m", bound });
    if (admission?.allowed !== true) return admission?.retryAfterSeconds;
    const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
    if (attempt.allowed) attempt.value.end({ nanoUsd: end(), source: "final", outcome: "ok" });
    admission.value.settle();
    await governance?.flush();
    return "done";
  }

  test(`L-17: have none of ${requests} requests in a wrong period, in limits or book`, async () => {
    const limits = windows.map((window) => ({ of: "nanoUsd", amount: 1e12, window }) as const);
    const scope = limitScope({ id: partition, partition, limits });
    const sums = new Sums();
    for (let index = 0; index < requests; index++) {
      const admittedMs = server.now;
      const nanoUsd = Math.floor(500 * chance(3 * index));
      const done = await request(governances[index % 3], scope, () => {
        server.now += Math.floor(2 * minuteMs * chance(5 * index) ** 4);
        return nanoUsd;
      });
      expect(done).toBe("done");
      sums.add(admittedMs, nanoUsd);
      const usages = (await stores[(index + 1) % 3]?.usage(scope)) ?? [];
      expect(usages.map(({ used }) => used)).toEqual(sums.at(server.now));
      server.now += Math.floor(minuteMs * chance(11 * index));
    }
    const closed = book.entries.filter(({ kind }) => kind === "close");
    const booked = new Sums();
    for (const { admittedMs, nanoUsd } of closed) booked.add(admittedMs, nanoUsd);
    expect(closed).toHaveLength(requests);
    expect(booked.all).toEqual(sums.all);
    expect(Math.min(...sums.all.map(({ size }) => size))).toBeGreaterThan(1);
  }, 600_000);

  test("R-04: tell how long to wait by the time of the store", async () => {
    const window = { kind: "calendar", unit: "minute", timeZone: "UTC" } as const;
    const scope = limitScope({ id: "key a", partition, limits: [{ of: "requests", amount: 3, window }] });
    server.now += 12_000;
    const answers = [];
    for (const governance of [...governances, ...governances]) answers.push(await request(governance, scope, () => 1));
    expect(answers).toEqual(["done", "done", "done", 48, 48, 48]);
  });
});
