import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Amounts, Limit } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import type { LimitStore, LimitUsage } from "../limits/limit-store.ts";
import { compareWithReference, storeCommands } from "./compare-with-reference.ts";

/** How a suite opens the store that it is about. */
export interface StoreOpening {
  readonly clock: () => number;
  readonly leaseMs: number;
  readonly graceMs: number;
}

/** A store that a suite has opened. */
export interface OpenedStore {
  readonly store: LimitStore;
  /** The same state in a new object, for stores that outlive their process. */
  readonly reopen?: () => Promise<LimitStore>;
  readonly close?: () => Promise<void>;
}

/** A kind of store, and how long it may be tested. */
export interface StoreKind {
  readonly name: string;
  open(opening: StoreOpening): Promise<OpenedStore>;
  /** Random commands compared with the reference. */
  readonly commands: number;
}

const leaseMs = 30_000;
const graceMs = 90_000;
const start = Date.parse("2026-11-25T12:00:00Z");
const utc = (unit: "minute" | "day" | "month") => ({ kind: "calendar", unit, timeZone: "UTC" }) as const;
const minute = { kind: "rolling", ms: 60_000 } as const;
const dollars = (nanoUsd: number): Amounts => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });
const tokens = (inputTokens: number, outputTokens: number): Amounts => ({ nanoUsd: 0, inputTokens, outputTokens });
const scoped = (id: string, ...limits: Limit[]) => limitScope({ id, limits });
const counted = (usages: readonly LimitUsage[]) => usages.map(({ used, held }) => ({ used, held }));

/** What every limit store promises. Each kind of store runs it. */
export function limitStoreContract(kind: StoreKind): void {
  describe(kind.name, () => {
    let now = start;
    let store: LimitStore;
    beforeEach(async () => {
      now = start;
      const opened = await kind.open({ clock: () => now, leaseMs, graceMs });
      store = opened.store;
      return opened.close;
    });
    const month = scoped("team a", { of: "nanoUsd", amount: 100, window: utc("month") });
    const reserve = (id: string, scope: ReturnType<typeof scoped>, need: Amounts) =>
      store.reserve({ id, scopes: [scope], need });

    test("holds in all scopes or in none", async () => {
      const key = scoped("key", { of: "nanoUsd", amount: 10, window: utc("day") });
      const scopes = [month, key];
      expect(await store.reserve({ id: "1", scopes, need: dollars(8) })).toEqual({ outcome: "held" });
      const refused = await store.reserve({ id: "2", scopes, need: dollars(3) });
      expect(refused).toMatchObject({ outcome: "refused", refusal: { scope: "key", used: 0, held: 8, need: 3 } });
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 8 }]);
      await store.settle({ id: "1" }, dollars(6));
      expect(counted(await store.usage(key))).toEqual([{ used: 6, held: 0 }]);
    });

    test("a refusal names the limit that keeps the request out longest, and when it resets", async () => {
      const day = { of: "nanoUsd", amount: 10, window: utc("day") } as const;
      const scope = scoped("key", { of: "nanoUsd", amount: 10, window: utc("minute") }, day);
      await reserve("1", scope, dollars(9));
      const result = await reserve("2", scope, dollars(2));
      const resetsAtMs = Date.parse("2026-11-26T00:00:00Z");
      const refusal = { scope: "key", limit: day, used: 0, held: 9, need: 2, resetsAtMs };
      expect(result).toEqual({ outcome: "refused", refusal });
    });

    test("what does not fit at all has no reset", async () => {
      const result = await reserve("1", month, dollars(101));
      expect(result).toMatchObject({ outcome: "refused", refusal: { resetsAtMs: undefined } });
    });

    test("refused requests take nothing from those that fit", async () => {
      const scope = scoped("key", { of: "totalTokens", amount: 100, window: minute });
      for (let index = 0; index < 200; index++) await reserve(`big ${index}`, scope, tokens(60, 60));
      for (let index = 0; index < 10; index++) {
        expect(await reserve(`small ${index}`, scope, tokens(4, 6))).toEqual({ outcome: "held" });
      }
    });

    test("records what was used in full, beyond hold and limit, and refuses the next", async () => {
      await reserve("1", month, dollars(100));
      expect(await store.settle({ id: "1" }, dollars(300))).toBe("done");
      expect(counted(await store.usage(month))).toEqual([{ used: 300, held: 0 }]);
      expect(await reserve("2", month, dollars(1))).toMatchObject({ outcome: "refused", refusal: { used: 300 } });
    });

    test("lets a request that costs nothing pass a spent budget", async () => {
      await reserve("1", month, dollars(100));
      expect(await reserve("2", month, tokens(10, 10))).toEqual({ outcome: "held" });
    });

    test("ends an id once, whatever comes again in whatever order", async () => {
      await reserve("1", month, dollars(10));
      await reserve("1", month, dollars(10));
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 10 }]);
      expect(await store.settle({ id: "1" }, dollars(7))).toBe("done");
      expect(await store.settle({ id: "1" }, dollars(9))).toBe("already");
      expect(await store.release({ id: "1" })).toBe("already");
      expect(await reserve("1", month, dollars(10))).toEqual({ outcome: "closed" });
      expect(await store.settle({ id: "2" }, dollars(9))).toBe("unknown");
      expect(counted(await store.usage(month))).toEqual([{ used: 7, held: 0 }]);
    });

    test("gives back all of a request that was never sent", async () => {
      const scope = scoped("key", { of: "requests", amount: 1, window: minute });
      await reserve("1", scope, tokens(1, 1));
      expect(await store.release({ id: "1" })).toBe("done");
      expect(await reserve("2", scope, tokens(1, 1))).toEqual({ outcome: "held" });
    });

    test("a request belongs to the period it began in", async () => {
      now = Date.parse("2026-11-30T23:59:59Z");
      await reserve("1", month, dollars(100));
      now = Date.parse("2026-12-01T00:00:00Z");
      expect(await reserve("2", month, dollars(40))).toEqual({ outcome: "held" });
      expect(await store.topUp({ id: "1" }, dollars(1))).toMatchObject({ outcome: "refused", refusal: { held: 100 } });
      await store.settle({ id: "1" }, dollars(90));
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 40 }]);
    });

    test("admits no more than a rate in any window, and the wait that a refusal tells is enough", async () => {
      const scope = scoped("key", { of: "requests", amount: 7, window: minute });
      const admitted: number[] = [];
      for (let index = 0; admitted.length < 50; index++) {
        const result = await reserve(`${index}`, scope, tokens(1, 1));
        if (result.outcome === "held") admitted.push(now);
        if (result.outcome === "refused") {
          expect(result.refusal.resetsAtMs).toBeGreaterThan(now);
          expect(result.refusal.resetsAtMs).toBeLessThanOrEqual(now + 61_000);
          now = result.refusal.resetsAtMs ?? Number.NaN;
          expect(await reserve(`${index} again`, scope, tokens(1, 1))).toEqual({ outcome: "held" });
          admitted.push(now);
        }
        now += 977;
      }
      for (const at of admitted) {
        expect(admitted.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(7);
      }
    });

    test("frees parallel slots when requests end, and when their owner goes silent", async () => {
      const scope = scoped("key", { of: "requests", amount: 2, window: { kind: "parallel" } });
      await reserve("1", scope, dollars(1));
      await reserve("2", scope, dollars(1));
      expect(await reserve("3", scope, dollars(1))).toMatchObject({ outcome: "refused" });
      await store.settle({ id: "1" }, dollars(1));
      expect(await reserve("3", scope, dollars(1))).toEqual({ outcome: "held" });
      now += leaseMs;
      await store.sweep();
      expect(counted(await store.usage(scope))).toEqual([{ used: 0, held: 0 }]);
      await store.settle({ id: "3" }, dollars(1));
      expect(counted(await store.usage(scope))).toEqual([{ used: 0, held: 0 }]);
    });

    test("keeps what a silent owner holds for a time of grace, then counts it, then takes its late word", async () => {
      await reserve("1", month, dollars(60));
      now += leaseMs;
      expect(await store.sweep()).toEqual({ lapsed: [{ id: "1", partition: "" }], expired: [] });
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 60 }]);
      expect(await store.topUp({ id: "1" }, dollars(1))).toEqual({ outcome: "lost" });
      now += graceMs;
      const charged = dollars(60);
      expect(await store.sweep()).toEqual({
        lapsed: [],
        expired: [{ id: "1", partition: "", charged, scopes: [month.id] }],
      });
      expect(counted(await store.usage(month))).toEqual([{ used: 60, held: 0 }]);
      expect(await store.settle({ id: "1" }, dollars(25))).toBe("done");
      expect(await store.settle({ id: "1" }, dollars(25))).toBe("already");
      expect(counted(await store.usage(month))).toEqual([{ used: 25, held: 0 }]);
    });

    test("keeps holds whose owner touches them, and tells it of those it has lost", async () => {
      await reserve("1", month, dollars(1));
      await reserve("2", month, dollars(1));
      now += leaseMs - 1;
      expect(await store.touch([{ id: "1" }, { id: "3" }])).toEqual([{ id: "3" }]);
      now += 1;
      expect(await store.sweep()).toEqual({ lapsed: [{ id: "2", partition: "" }], expired: [] });
      expect(await store.touch([{ id: "1" }, { id: "2" }])).toEqual([{ id: "2" }]);
    });

    test("tops a hold up while there is room", async () => {
      await reserve("1", month, dollars(50));
      expect(await store.topUp({ id: "1" }, dollars(50))).toEqual({ outcome: "held" });
      expect(await store.topUp({ id: "1" }, dollars(1))).toMatchObject({
        outcome: "refused",
        refusal: { held: 100, need: 1 },
      });
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 100 }]);
      await store.settle({ id: "1" }, dollars(3));
      expect(counted(await store.usage(month))).toEqual([{ used: 3, held: 0 }]);
      expect(await store.topUp({ id: "1" }, dollars(1))).toEqual({ outcome: "lost" });
    });

    test("another amount keeps what was used, and acts at once", async () => {
      await reserve("1", month, dollars(50));
      await store.settle({ id: "1" }, dollars(50));
      const lower = scoped("team a", { of: "nanoUsd", amount: 40, window: utc("month") });
      expect(await reserve("2", lower, dollars(1))).toMatchObject({ outcome: "refused", refusal: { used: 50 } });
      const higher = scoped("team a", { of: "nanoUsd", amount: 60, window: utc("month") });
      expect(await reserve("3", higher, dollars(10))).toEqual({ outcome: "held" });
    });

    test("caps what a single request takes, top-ups included", async () => {
      const scope = scoped("key", { of: "outputTokens", amount: 100, window: { kind: "request" } });
      expect(await reserve("1", scope, tokens(500, 101))).toMatchObject({ outcome: "refused", refusal: { need: 101 } });
      expect(await reserve("2", scope, tokens(500, 90))).toEqual({ outcome: "held" });
      expect(await store.topUp({ id: "2" }, tokens(0, 11))).toMatchObject({
        outcome: "refused",
        refusal: { need: 101 },
      });
      expect(await store.topUp({ id: "2" }, tokens(0, 10))).toEqual({ outcome: "held" });
    });

    test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("takes %d for no amount", async (amount) => {
      await expect(reserve("1", month, dollars(amount))).rejects.toMatchObject({ code: "invalid-reservation" });
      await reserve("2", month, dollars(5));
      await expect(store.settle({ id: "2" }, dollars(amount))).rejects.toMatchObject({ code: "invalid-reservation" });
      await expect(store.topUp({ id: "2" }, dollars(amount))).rejects.toMatchObject({ code: "invalid-reservation" });
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 5 }]);
    });

    test("stays over its limit when more is used than can be counted", async () => {
      await reserve("1", month, dollars(1));
      await reserve("2", month, dollars(1));
      await store.settle({ id: "1" }, dollars(Number.MAX_SAFE_INTEGER));
      await store.settle({ id: "2" }, dollars(Number.MAX_SAFE_INTEGER));
      expect(counted(await store.usage(month))).toEqual([{ used: Number.MAX_SAFE_INTEGER, held: 0 }]);
      expect(await reserve("3", month, dollars(1))).toMatchObject({ outcome: "refused" });
    });

    test("gives no period out twice when the clock falls back into it", async () => {
      const november = Date.parse("2026-11-30T23:59:00Z");
      now = november;
      await reserve("1", month, dollars(90));
      now += 60_000;
      expect(counted(await store.usage(month))).toEqual([{ used: 0, held: 0 }]);
      now = november;
      expect(await reserve("2", month, dollars(90))).toEqual({ outcome: "held" });
      now += 60_000;
      expect(await reserve("3", month, dollars(90))).toMatchObject({ outcome: "refused" });
    });

    test("equal ids in two partitions are two holds, and neither partition takes a scope of the other", async () => {
      const limit = { of: "nanoUsd", amount: 10, window: utc("month") } as const;
      const tenant = limitScope({ id: "customer acme", partition: "customer acme", limits: [limit] });
      const provider = limitScope({ id: "provider gpu", partition: "provider gpu", limits: [limit] });
      const ofTenant = { id: "1", partition: tenant.partition };
      const ofProvider = { id: "1", partition: provider.partition };
      expect(await store.reserve({ ...ofTenant, scopes: [tenant], need: dollars(5) })).toEqual({ outcome: "held" });
      expect(await store.reserve({ ...ofProvider, scopes: [provider], need: dollars(6) })).toEqual({ outcome: "held" });
      const mixed = store.reserve({ ...ofTenant, id: "2", scopes: [tenant, provider], need: dollars(1) });
      await expect(mixed).rejects.toMatchObject({ code: "invalid-reservation", message: /"customer acme"/u });
      expect(await store.touch([ofTenant, { id: "1" }, ofProvider])).toEqual([{ id: "1" }]);
      expect(await store.topUp(ofProvider, dollars(4))).toEqual({ outcome: "held" });
      expect(await store.settle(ofProvider, dollars(7))).toBe("done");
      expect(await store.release({ id: "1" })).toBe("unknown");
      now += leaseMs;
      expect(await store.sweep()).toEqual({ lapsed: [ofTenant], expired: [] });
      expect(counted(await store.usage(tenant))).toEqual([{ used: 0, held: 5 }]);
      expect(counted(await store.usage(provider))).toEqual([{ used: 7, held: 0 }]);
    });

    test.each(["", "two\nlines"])("takes %j for no id", async (id) => {
      await expect(reserve(id, month, dollars(1))).rejects.toMatchObject({ code: "invalid-reservation" });
    });

    test("takes no scope twice", async () => {
      const twice = store.reserve({ id: "1", scopes: [month, month], need: dollars(1) });
      await expect(twice).rejects.toMatchObject({ code: "invalid-reservation" });
    });

    test("of 200 at once admits exactly as many as fit", async () => {
      for (const [round, fit] of [1, 37, 50, 199].entries()) {
        const scopes = [
          scoped(`customer ${round}`, { of: "nanoUsd", amount: 3 * fit + 2, window: utc("month") }),
          scoped(`team ${round}`, { of: "requests", amount: fit + 1, window: minute }),
          scoped(`key ${round}`, { of: "requests", amount: fit + 2, window: { kind: "parallel" } }),
        ];
        const ids = Array.from({ length: 200 }, (_, index) => `${round} ${index}`);
        const results = await Promise.all(ids.map((id) => store.reserve({ id, scopes, need: dollars(3) })));
        expect(results.filter(({ outcome }) => outcome === "held")).toHaveLength(fit);
        const usages = await Promise.all(scopes.map((scope) => store.usage(scope)));
        expect(usages.flat().map(({ held }) => held)).toEqual([3 * fit, fit, fit]);
      }
    });

    test("does what the reference ledger does", async () => {
      const ofRun = 50;
      const short = { leaseMs: 10_000, graceMs: 20_000 };
      await fc.assert(
        fc.asyncProperty(storeCommands(ofRun), async (commands) => {
          let at = start;
          const opened = await kind.open({ clock: () => at, ...short });
          try {
            await compareWithReference({
              opened,
              commands,
              ...short,
              clock: { read: () => at, pass: (ms) => (at += ms) },
            });
          } finally {
            await opened.close?.();
          }
        }),
        { numRuns: Math.ceil(kind.commands / ofRun) },
      );
    }, 600_000);
  });
}
