import { expect, test } from "vitest";
import { counted, dollars, type LimitScene, minute, month, scoped, tokens, utc } from "./limit-scene.ts";

/** What periods, rates and changed limits mean for what was used. */
export function limitWindowContract(scene: LimitScene): void {
  const { reserve } = scene;
  test("a request belongs to the period it began in", async () => {
    scene.nowMs = Date.parse("2026-11-30T23:59:59Z");
    await reserve("1", month, dollars(100));
    scene.nowMs = Date.parse("2026-12-01T00:00:00Z");
    expect(await reserve("2", month, dollars(40))).toEqual({ outcome: "held" });
    expect(await scene.store.topUp({ id: "1" }, dollars(1))).toMatchObject({
      outcome: "refused",
      refusal: { held: 100 },
    });
    await scene.store.settle({ id: "1" }, dollars(90));
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 40 }]);
  });

  test("admits no more than a rate in any window, and the wait that a refusal tells is enough", async () => {
    const scope = scoped("key", { of: "requests", amount: 7, window: minute });
    const admitted: number[] = [];
    for (let index = 0; admitted.length < 50; index++) {
      const result = await reserve(`${index}`, scope, tokens(1, 1));
      if (result.outcome === "held") admitted.push(scene.nowMs);
      if (result.outcome === "refused") {
        expect(result.refusal.resetsAtMs).toBeGreaterThan(scene.nowMs);
        expect(result.refusal.resetsAtMs).toBeLessThanOrEqual(scene.nowMs + 61_000);
        scene.nowMs = result.refusal.resetsAtMs ?? Number.NaN;
        expect(await reserve(`${index} again`, scope, tokens(1, 1))).toEqual({ outcome: "held" });
        admitted.push(scene.nowMs);
      }
      scene.nowMs += 977;
    }
    for (const at of admitted) {
      expect(admitted.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(7);
    }
  });

  test("another amount keeps what was used, and acts at once", async () => {
    await reserve("1", month, dollars(50));
    await scene.store.settle({ id: "1" }, dollars(50));
    const lower = scoped("team a", { of: "nanoUsd", amount: 40, window: utc("month") });
    expect(await reserve("2", lower, dollars(1))).toMatchObject({ outcome: "refused", refusal: { used: 50 } });
    const higher = scoped("team a", { of: "nanoUsd", amount: 60, window: utc("month") });
    expect(await reserve("3", higher, dollars(10))).toEqual({ outcome: "held" });
  });

  test("gives no period out twice when the clock falls back into it", async () => {
    const november = Date.parse("2026-11-30T23:59:00Z");
    scene.nowMs = november;
    await reserve("1", month, dollars(90));
    scene.nowMs += 60_000;
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 0 }]);
    scene.nowMs = november;
    expect(await reserve("2", month, dollars(90))).toEqual({ outcome: "held" });
    scene.nowMs += 60_000;
    expect(await reserve("3", month, dollars(90))).toMatchObject({ outcome: "refused" });
  });
}
