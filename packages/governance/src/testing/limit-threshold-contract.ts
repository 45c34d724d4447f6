import { expect, test } from "vitest";
import { Standings } from "../lease/standings.ts";
import type { LimitScope } from "../limits/limit-scope.ts";
import { dollars, graceMs, leaseMs, scoped, start, type StoreKind } from "./limit-scene.ts";

/** How those who share limits tell of budgets that are nearly spent. */
export function limitThresholdContract(kind: StoreKind): void {
  test("has each threshold of a budget told once by all that use it, whoever begins anew, and again in its next period", async () => {
    let nowMs = start;
    let ids = 0;
    const opened = await kind.open({ clock: () => nowMs, leaseMs, graceMs });
    let { store } = opened;
    const told: string[] = [];
    const begin = (): Standings =>
      new Standings({
        limits: store,
        clock: () => nowMs,
        newId: () => `told ${(ids += 1)}`,
        thresholds: [80, 90, 100],
        onThreshold: ({ scope, limit, percent }) => void told.push(`${scope}: ${percent} % of ${limit.amount}`),
      });
    const budget = (amount: number): LimitScope =>
      scoped("customer", { of: "nanoUsd", amount, window: { kind: "calendar", unit: "month", timeZone: "UTC" } });
    const use = async (nanoUsd: number): Promise<void> => {
      const id = `used ${(ids += 1)}`;
      expect(await store.reserve({ id, scopes: [budget(10_000)], need: dollars(nanoUsd) })).toEqual({
        outcome: "held",
      });
      await store.settle({ id }, dollars(nanoUsd));
    };
    const look = async (all: readonly Standings[], scope: LimitScope): Promise<readonly string[]> => {
      nowMs += 2_000;
      await Promise.all(all.map((standings) => standings.load([scope])));
      for (const standings of all) standings.changed([scope]);
      await Promise.all(all.map((standings) => standings.tick()));
      return told.splice(0);
    };
    try {
      const replicas = [begin(), begin(), begin()];
      await use(790);
      expect(await look(replicas, budget(1_000))).toEqual([]);
      await use(60);
      expect(await look(replicas, budget(1_000))).toEqual(["customer: 80 % of 1000"]);
      await use(200);
      expect((await look(replicas, budget(1_000))).toSorted()).toEqual([
        "customer: 100 % of 1000",
        "customer: 90 % of 1000",
      ]);
      if (opened.reopen !== undefined) store = await opened.reopen();
      const others = [begin(), begin()];
      expect(await look(others, budget(1_000))).toEqual([]);
      expect(await look(others, budget(2_000))).toEqual([]);
      await use(600);
      expect(await look(others, budget(2_000))).toEqual(["customer: 80 % of 2000"]);
      nowMs += 31 * 24 * 60 * 60 * 1000;
      await use(810);
      expect(await look(others, budget(1_000))).toEqual(["customer: 80 % of 1000"]);
      expect(await look([begin()], budget(1_000))).toEqual([]);
    } finally {
      await opened.close?.();
    }
  });
}
