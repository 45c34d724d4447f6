import { expect, test } from "vitest";
import type { Limit } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { memoryLimitStore } from "../limits/memory-limit-store.ts";
import { GrowingHold } from "./growing-hold.ts";

const amounts = (nanoUsd: number) => ({ nanoUsd, inputTokens: 0, outputTokens: 0 });

test("a refusal of more tells all that the request wants, and as held what others hold", async () => {
  const store = memoryLimitStore({ clock: () => 0 });
  const limit: Limit = { of: "nanoUsd", amount: 100, window: { kind: "total" } };
  const scopes = [limitScope({ id: "key a", limits: [limit] })];
  await store.reserve({ id: "other", scopes, need: amounts(40) });
  await store.reserve({ id: "own", scopes, need: amounts(30) });
  const hold = new GrowingHold(store, { id: "own" }, amounts(30));
  expect(await hold.cover(amounts(60))).toEqual({ outcome: "held" });
  expect(await hold.cover(amounts(61))).toMatchObject({
    outcome: "refused",
    refusal: { scope: "key a", used: 0, held: 40, need: 61 },
  });
  // What was refused is not held.
  expect(hold.held).toEqual(amounts(60));
  expect(await store.usage(scopes[0] ?? limitScope({ id: "", limits: [] }))).toMatchObject([{ held: 100 }]);
});
