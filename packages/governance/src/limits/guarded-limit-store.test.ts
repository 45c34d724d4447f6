import { afterEach, describe, expect, test, vi } from "vitest";
import { connectPostgres } from "../postgres/connect-postgres.ts";
import { postgresLimitStore } from "../postgres/postgres-limit-store.ts";
import { startFaultProxy } from "../testing/start-fault-proxy.ts";
import { onPostgres } from "../testing/test-database.ts";
import type { BreakerChange } from "./breaker.ts";
import { guardedLimitStore } from "./guarded-limit-store.ts";
import type { Amounts, Limit } from "./limit.ts";
import { limitScope } from "./limit-scope.ts";
import { memoryLimitStore } from "./memory-limit-store.ts";
import { withLocalRates } from "./with-local-rates.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const need: Amounts = { nanoUsd: 5, inputTokens: 1, outputTokens: 1 };
const clock = (): number => Date.now();
const scoped = (id: string, limit: Limit) => limitScope({ id, limits: [limit] });
const money = scoped("key alice", { of: "nanoUsd", amount: 100_000, window: { kind: "total" } });
const rate = scoped("key bob", { of: "requests", amount: 10, window: { kind: "rolling", ms: 60_000 } });
const unavailable = { code: "store-unavailable" };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a guarded store", () => {
  test("is waited for while it answers others, and no longer than it is silent", async () => {
    const inner = memoryLimitStore({ clock });
    let isFrozen = false;
    const store = guardedLimitStore({
      title: "a slow store",
      timeoutMs: 100,
      probe: () => Promise.resolve(),
      store: {
        ...inner,
        // One after the other, as those of one partition.
        reserve: async (reservation) => {
          await pause(Number(reservation.id) * 20);
          return isFrozen ? new Promise(() => undefined) : inner.reserve(reservation);
        },
      },
    });
    const reserve = (id: number) => store.reserve({ id: `${id}`, scopes: [money], need });
    vi.useFakeTimers();
    try {
      const answers = Promise.all(Array.from({ length: 20 }, (_, id) => reserve(id)));
      await vi.advanceTimersByTimeAsync(19 * 20);
      expect((await answers).filter(({ outcome }) => outcome === "held")).toHaveLength(20);
      isFrozen = true;
      let isRefused = false;
      const refused = expect(reserve(0).finally(() => (isRefused = true))).rejects.toMatchObject(unavailable);
      await vi.advanceTimersByTimeAsync(99);
      expect(isRefused).toBe(false);
      await vi.advanceTimersByTimeAsync(2);
      await refused;
    } finally {
      vi.useRealTimers();
    }
    await store.close();
  });
});

onPostgres((opened) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  test("R-07: while PostgreSQL is frozen no money is given out, nobody waits for it, and rates go on here", async () => {
    const url = new URL(opened.url ?? "");
    const proxy = await startFaultProxy(Number(url.port));
    ends.push(() => proxy.close());
    url.port = `${proxy.port}`;
    const database = await connectPostgres({ url: url.href, statementMs: 30_000, connectMs: 30_000 });
    ends.push(() => database.close());
    const changes: BreakerChange[] = [];
    const shared = guardedLimitStore({
      store: postgresLimitStore({ database, clock }),
      title: "PostgreSQL",
      // Elsewhere it is longer than a busy machine stands still.
      timeoutMs: isCampaign ? 100 : 1_000,
      probe: () => database.run((queries) => queries.execute("select 1")),
      onChange: (change) => changes.push(change),
    });
    ends.push(() => shared.close());
    const store = withLocalRates({ shared, clock, isAway: () => shared.isAway, replicas: () => 2 });
    // One that is not answered in time, as on a busy machine, is asked again.
    const answered = <Answer>(asked: () => Promise<Answer>) => expect.poll(() => asked().catch(() => undefined));
    await answered(() => store.reserve({ id: "before", scopes: [money], need })).toEqual({ outcome: "held" });

    proxy.set({ kind: "blackhole" });
    const waits: number[] = [];
    const ask = async (index: number): Promise<void> => {
      const beganMs = performance.now();
      await expect(store.reserve({ id: `m${index}`, scopes: [money], need })).rejects.toMatchObject(unavailable);
      waits.push(performance.now() - beganMs);
    };
    for (let index = 0; index < 50; index++) {
      await Promise.all([ask(index), pause(5)]);
    }
    // Measured in campaigns: elsewhere other processes take the processor away. A statement would have half a minute.
    expect(Math.max(...waits)).toBeLessThan(isCampaign ? 150 : 10_000);
    const held = Array.from({ length: 8 }, (_, index) => store.reserve({ id: `r${index}`, scopes: [rate], need }));
    expect((await Promise.all(held)).filter(({ outcome }) => outcome === "held")).toHaveLength(5);
    await expect(store.settle({ id: "before" }, need)).rejects.toMatchObject(unavailable);

    proxy.set({ kind: "refusing" });
    proxy.set({ kind: "open" });
    await answered(() => store.settle({ id: "before" }, need)).toMatch(/^(?:done|already)$/u);
    await answered(() => store.reserve({ id: "after", scopes: [money], need })).toEqual({ outcome: "held" });
    const states = changes.map(({ state }) => state);
    expect(states).toEqual(states.map((_, index) => (index % 2 === 0 ? "unavailable" : "available")));
    expect(states.length).toBeGreaterThanOrEqual(2);
    if (isCampaign) expect(states).toHaveLength(2);
  }, 120_000);
});
