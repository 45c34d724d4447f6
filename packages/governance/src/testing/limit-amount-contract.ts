import { expect, test } from "vitest";
import { counted, dollars, type LimitScene, month } from "./limit-scene.ts";

/** Which amounts, ids and scopes a store takes. */
export function limitAmountContract(scene: LimitScene): void {
  const { reserve } = scene;
  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("takes %d for no amount", async (amount) => {
    await expect(reserve("1", month, dollars(amount))).rejects.toMatchObject({ code: "invalid-reservation" });
    await reserve("2", month, dollars(5));
    await expect(scene.store.settle({ id: "2" }, dollars(amount))).rejects.toMatchObject({
      code: "invalid-reservation",
    });
    await expect(scene.store.topUp({ id: "2" }, dollars(amount))).rejects.toMatchObject({
      code: "invalid-reservation",
    });
    await expect(scene.store.touch([{ id: "2", charge: dollars(amount) }])).rejects.toMatchObject({
      code: "invalid-reservation",
    });
    expect(counted(await scene.store.usage(month))).toEqual([{ used: 0, held: 5 }]);
  });

  test("stays over its limit when more is used than can be counted", async () => {
    await reserve("1", month, dollars(1));
    await reserve("2", month, dollars(1));
    await scene.store.settle({ id: "1" }, dollars(Number.MAX_SAFE_INTEGER));
    await scene.store.settle({ id: "2" }, dollars(Number.MAX_SAFE_INTEGER));
    expect(counted(await scene.store.usage(month))).toEqual([{ used: Number.MAX_SAFE_INTEGER, held: 0 }]);
    expect(await reserve("3", month, dollars(1))).toMatchObject({ outcome: "refused" });
  });

  test.each(["", "two\nlines"])("takes %j for no id", async (id) => {
    await expect(reserve(id, month, dollars(1))).rejects.toMatchObject({ code: "invalid-reservation" });
  });

  test("takes no scope twice", async () => {
    const twice = scene.store.reserve({ id: "1", scopes: [month, month], need: dollars(1) });
    await expect(twice).rejects.toMatchObject({ code: "invalid-reservation" });
  });
}
