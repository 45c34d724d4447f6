import { expect, test } from "vitest";
import type { ReserveResult } from "../limits/limit-store.ts";
import { counted, dollars, graceMs, leaseMs, type LimitScene, month, scoped } from "./limit-scene.ts";

/** What becomes of holds whose owner is not heard of. */
export function limitSilenceContract(scene: LimitScene): void {
  const { reserve } = scene;
  test("frees parallel slots when requests end, and when their owner goes silent", async () => {
    const scope = scoped("key", { of: "requests", amount: 2, window: { kind: "parallel" } });
    await reserve("1", scope, dollars(1));
    await reserve("2", scope, dollars(1));
    expect(await reserve("3", scope, dollars(1))).toMatchObject({ outcome: "refused" });
    await scene.store.settle({ id: "1" }, dollars(1));
    expect(await reserve("3", scope, dollars(1))).toEqual({ outcome: "held" });
    scene.nowMs += leaseMs;
    await scene.store.sweep();
    expect(counted(await scene.store.usage(scope))).toEqual([{ used: 0, held: 0 }]);
    await scene.store.settle({ id: "3" }, dollars(1));
    expect(counted(await scene.store.usage(scope))).toEqual([{ used: 0, held: 0 }]);
  });

  test("keeps what a silent owner holds for a time of grace, then counts it, then takes its late word", async () => {
    await reserve("1", month, dollars(60));
    scene.nowMs += leaseMs;
    expect(await scene.store.sweep()).toEqual({ lapsed: [{ id: "1", partition: "" }], expired: [] });
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 60 }]);
    expect(await scene.store.topUp({ id: "1" }, dollars(1))).toEqual({ outcome: "lost" });
    scene.nowMs += graceMs;
    const charged = dollars(60);
    expect(await scene.store.sweep()).toEqual({
      lapsed: [],
      expired: [{ id: "1", partition: "", charged, scopes: [month.id] }],
    });
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 60, held: 0 }]);
    expect(await scene.store.settle({ id: "1" }, dollars(25))).toBe("done");
    expect(await scene.store.settle({ id: "1" }, dollars(25))).toBe("already");
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 25, held: 0 }]);
  });

  test("charges a silent owner with what it has told last, and takes its late word", async () => {
    await reserve("1", month, dollars(60));
    await scene.store.touch([{ id: "1", charge: dollars(50) }]);
    scene.nowMs += leaseMs - 1;
    await scene.store.touch([{ id: "1", charge: dollars(20) }]);
    scene.nowMs += leaseMs;
    await scene.store.sweep();
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 60 }]);
    scene.nowMs += graceMs;
    const { expired } = await scene.store.sweep();
    expect(expired).toEqual([{ id: "1", partition: "", charged: dollars(20), scopes: [month.id] }]);
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 20, held: 0 }]);
    expect(await scene.store.settle({ id: "1" }, dollars(35))).toBe("done");
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 35, held: 0 }]);
  });

  test("charges all that is held where that is less, where nothing was told lastly, and where more is held since", async () => {
    await reserve("1", month, dollars(10));
    await scene.store.touch([{ id: "1", charge: dollars(1_000) }]);
    await reserve("2", month, dollars(20));
    await scene.store.touch([{ id: "2", charge: dollars(1) }]);
    await scene.store.touch([{ id: "2" }]);
    await reserve("3", month, dollars(30));
    await scene.store.touch([{ id: "3", charge: dollars(1) }]);
    await scene.store.topUp({ id: "3" }, dollars(5));
    for (const ms of [leaseMs, graceMs]) {
      scene.nowMs += ms;
      await scene.store.sweep();
    }
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 65, held: 0 }]);
  });

  test("charges an owner that told nothing with what it said when it began, where that is less and nothing else was said since", async () => {
    const begin = (id: string, need: number, charge: number): Promise<ReserveResult> =>
      scene.store.reserve({ id, scopes: [month], need: dollars(need), charge: dollars(charge) });
    await begin("untold", 5, 4);
    expect(await begin("untold", 5, 3)).toEqual({ outcome: "held" });
    await begin("of more than is held", 10, 1_000);
    await begin("taken back", 15, 1);
    await scene.store.touch([{ id: "taken back" }]);
    await begin("grown", 20, 1);
    await scene.store.topUp({ id: "grown" }, dollars(5));
    await begin("told", 25, 1);
    await scene.store.touch([{ id: "told", charge: dollars(2) }]);
    for (const ms of [leaseMs, graceMs]) {
      scene.nowMs += ms;
      await scene.store.sweep();
    }
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 4 + 10 + 15 + 25 + 2, held: 0 }]);
    expect(await scene.store.settle({ id: "untold" }, dollars(6))).toBe("done");
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 58, held: 0 }]);
  });

  test("keeps holds whose owner touches them, and tells it of those it has lost", async () => {
    await reserve("1", month, dollars(1));
    await reserve("2", month, dollars(1));
    scene.nowMs += leaseMs - 1;
    expect(await scene.store.touch([{ id: "1" }, { id: "3" }])).toEqual([{ id: "3" }]);
    scene.nowMs += 1;
    expect(await scene.store.sweep()).toEqual({ lapsed: [{ id: "2", partition: "" }], expired: [] });
    expect(await scene.store.touch([{ id: "1" }, { id: "2" }])).toEqual([{ id: "2" }]);
  });
}
