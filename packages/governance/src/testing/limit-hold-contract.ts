import { expect, test } from "vitest";
import { limitScope } from "../limits/limit-scope.ts";
import { counted, dollars, leaseMs, type LimitScene, minute, month, scoped, tokens, utc } from "./limit-scene.ts";

/** How requests are held, topped up and ended. */
export function limitHoldContract(scene: LimitScene): void {
  const { reserve } = scene;
  test("holds in all scopes or in none", async () => {
    const key = scoped("key", { of: "nanoUsd", amount: 10, window: utc("day") });
    const scopes = [month, key];
    expect(await scene.store.reserve({ id: "1", scopes, need: dollars(8) })).toEqual({ outcome: "held" });
    const refused = await scene.store.reserve({ id: "2", scopes, need: dollars(3) });
    expect(refused).toMatchObject({ outcome: "refused", refusal: { scope: "key", used: 0, held: 8, need: 3 } });
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 8 }]);
    await scene.store.settle({ id: "1" }, dollars(6));
    expect(counted(await scene.store.usage(key))).toEqual([{ used: 6, held: 0 }]);
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

  test("L-05: records what was used in full, beyond hold and limit, and refuses the next", async () => {
    await reserve("1", month, dollars(99));
    expect(await scene.store.settle({ id: "1" }, dollars(297))).toBe("done");
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 297, held: 0 }]);
    expect(await reserve("2", month, dollars(1))).toMatchObject({ outcome: "refused", refusal: { used: 297 } });
  });

  test("lets a request that costs nothing pass a spent budget", async () => {
    await reserve("1", month, dollars(100));
    expect(await reserve("2", month, tokens(10, 10))).toEqual({ outcome: "held" });
  });

  test("ends an id once, whatever comes again in whatever order", async () => {
    await reserve("1", month, dollars(10));
    await reserve("1", month, dollars(10));
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 10 }]);
    expect(await scene.store.settle({ id: "1" }, dollars(7))).toBe("done");
    expect(await scene.store.settle({ id: "1" }, dollars(9))).toBe("already");
    expect(await scene.store.release({ id: "1" })).toBe("already");
    expect(await reserve("1", month, dollars(10))).toEqual({ outcome: "closed" });
    expect(await scene.store.settle({ id: "2" }, dollars(9))).toBe("unknown");
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 7, held: 0 }]);
  });

  test("gives back all of a request that was never sent", async () => {
    const scope = scoped("key", { of: "requests", amount: 1, window: minute });
    await reserve("1", scope, tokens(1, 1));
    expect(await scene.store.release({ id: "1" })).toBe("done");
    expect(await reserve("2", scope, tokens(1, 1))).toEqual({ outcome: "held" });
  });

  test("tops a hold up while there is room", async () => {
    await reserve("1", month, dollars(50));
    expect(await scene.store.topUp({ id: "1" }, dollars(50))).toEqual({ outcome: "held" });
    expect(await scene.store.topUp({ id: "1" }, dollars(1))).toMatchObject({
      outcome: "refused",
      refusal: { held: 100, need: 1 },
    });
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 100 }]);
    await scene.store.settle({ id: "1" }, dollars(3));
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 3, held: 0 }]);
    expect(await scene.store.topUp({ id: "1" }, dollars(1))).toEqual({ outcome: "lost" });
  });

  test("caps what a single request takes, top-ups included", async () => {
    const scope = scoped("key", { of: "outputTokens", amount: 100, window: { kind: "request" } });
    expect(await reserve("1", scope, tokens(500, 101))).toMatchObject({ outcome: "refused", refusal: { need: 101 } });
    expect(await reserve("2", scope, tokens(500, 90))).toEqual({ outcome: "held" });
    expect(await scene.store.topUp({ id: "2" }, tokens(0, 11))).toMatchObject({
      outcome: "refused",
      refusal: { need: 101 },
    });
    expect(await scene.store.topUp({ id: "2" }, tokens(0, 10))).toEqual({ outcome: "held" });
  });

  test("equal ids in two partitions are two holds, and neither partition takes a scope of the other", async () => {
    const limit = { of: "nanoUsd", amount: 10, window: utc("month") } as const;
    const tenant = limitScope({ id: "customer acme", partition: "customer acme", limits: [limit] });
    const provider = limitScope({ id: "provider gpu", partition: "provider gpu", limits: [limit] });
    const ofTenant = { id: "1", partition: tenant.partition };
    const ofProvider = { id: "1", partition: provider.partition };
    expect(await scene.store.reserve({ ...ofTenant, scopes: [tenant], need: dollars(5) })).toEqual({ outcome: "held" });
    expect(await scene.store.reserve({ ...ofProvider, scopes: [provider], need: dollars(6) })).toEqual({
      outcome: "held",
    });
    const mixed = scene.store.reserve({ ...ofTenant, id: "2", scopes: [tenant, provider], need: dollars(1) });
    await expect(mixed).rejects.toMatchObject({ code: "invalid-reservation", message: /"customer acme"/u });
    expect(await scene.store.touch([ofTenant, { id: "1" }, ofProvider])).toEqual([{ id: "1" }]);
    expect(await scene.store.topUp(ofProvider, dollars(4))).toEqual({ outcome: "held" });
    expect(await scene.store.settle(ofProvider, dollars(7))).toBe("done");
    expect(await scene.store.release({ id: "1" })).toBe("unknown");
    scene.nowMs += leaseMs;
    expect(await scene.store.sweep()).toEqual({ lapsed: [ofTenant], expired: [] });
    expect(counted(await scene.store.usage(tenant))).toEqual([{ used: 0, held: 5 }]);
    expect(counted(await scene.store.usage(provider))).toEqual([{ used: 7, held: 0 }]);
  });

  test("of 200 at once admits exactly as many as fit", async () => {
    for (const [round, fit] of [1, 37, 50, 199].entries()) {
      const scopes = [
        scoped(`customer ${round}`, { of: "nanoUsd", amount: 3 * fit + 2, window: utc("month") }),
        scoped(`team ${round}`, { of: "requests", amount: fit + 1, window: minute }),
        scoped(`key ${round}`, { of: "requests", amount: fit + 2, window: { kind: "parallel" } }),
      ];
      const ids = Array.from({ length: 200 }, (_, index) => `${round} ${index}`);
      const results = await Promise.all(ids.map((id) => scene.store.reserve({ id, scopes, need: dollars(3) })));
      expect(results.filter(({ outcome }) => outcome === "held")).toHaveLength(fit);
      const usages = await Promise.all(scopes.map((scope) => scene.store.usage(scope)));
      expect(usages.flat().map(({ held }) => held)).toEqual([3 * fit, fit, fit]);
    }
  });
}
