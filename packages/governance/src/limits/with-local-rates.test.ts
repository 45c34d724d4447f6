import { expect, test } from "vitest";
import { GovernanceError } from "../errors.ts";
import type { Amounts, Limit } from "./limit.ts";
import { limitScope } from "./limit-scope.ts";
import type { LimitStore } from "./limit-store.ts";
import { memoryLimitStore } from "./memory-limit-store.ts";
import { withLocalRates } from "./with-local-rates.ts";

const need: Amounts = { nanoUsd: 5, inputTokens: 1, outputTokens: 1 };
const clock = (): number => 0;
const minute = { kind: "rolling", ms: 60_000 } as const;
const away = (): Promise<never> => Promise.reject(new GovernanceError("store-unavailable", "it is away"));

function open(replicas: number, error: () => Promise<never> = away): LimitStore {
  const shared = { ...memoryLimitStore({ clock }), reserve: error, usage: error };
  return withLocalRates({ shared, clock, isAway: () => true, replicas: () => replicas });
}

/** How many of twenty requests are held under these limits, while the shared store is away. */
async function heldOf(store: LimitStore, ...limits: readonly Limit[]): Promise<number> {
  const scopes = [limitScope({ id: "key a", limits })];
  let held = 0;
  for (let id = 0; id < 20; id++) {
    if ((await store.reserve({ id: `${id}`, scopes, need })).outcome === "held") held += 1;
  }
  return held;
}

test.each([
  [10, 1, 10],
  [10, 3, 3],
  [11, 3, 3],
  [2, 3, 1],
  [0, 3, 0],
  // Nobody has called yet, not even this one.
  [10, 0, 10],
])(
  "of a rate of %d each of %d processes keeps %d, and one at least where there is any",
  async (amount, replicas, kept) => {
    expect(await heldOf(open(replicas), { of: "requests", amount, window: minute })).toBe(kept);
  },
);

test("a cap on what one request may cost or write is no budget, and not divided", async () => {
  const cost: Limit = { of: "nanoUsd", amount: 5, window: { kind: "request" } };
  const tokens: Limit = { of: "outputTokens", amount: 1, window: { kind: "request" } };
  expect(await heldOf(open(4), cost, tokens)).toBe(20);
});

test("who has a budget waits for the shared store, and another failure of it is nobody's to make up for", async () => {
  const budget: Limit = { of: "nanoUsd", amount: 1e9, window: { kind: "total" } };
  await expect(heldOf(open(1), budget)).rejects.toMatchObject({ code: "store-unavailable" });
  const broken = (): Promise<never> => Promise.reject(new GovernanceError("store-failed", "a step broke"));
  const rate: Limit = { of: "requests", amount: 9, window: minute };
  await expect(heldOf(open(1, broken), rate)).rejects.toMatchObject({ code: "store-failed" });
});
