import { type Limit, limitScope, memoryLimitStore } from "@drawbridge/governance";
import type { LoopCost } from "./measure-in-process.ts";
import { spreadOf } from "./statistics.ts";

const requestsOfRound = 2_000;

const limits: readonly Limit[] = [
  { of: "nanoUsd", amount: 9e15, window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } },
  { of: "requests", amount: 1e9, window: { kind: "rolling", ms: 60_000 } },
  { of: "totalTokens", amount: 1e12, window: { kind: "rolling", ms: 60_000 } },
];
const scopes = ["customer", "team", "user", "key", "provider"].map((id) => limitScope({ id, limits }));
const need = { nanoUsd: 30_000_000, inputTokens: 20_000, outputTokens: 1_024 };
const actual = { nanoUsd: 12_345_678, inputTokens: 18_765, outputTokens: 432 };

/** What it costs to hold a request in five scopes of three limits each, and to settle it, in memory. */
export async function measureLimits(repeats: number): Promise<LoopCost[]> {
  const store = memoryLimitStore({ clock: () => Date.now() });
  const micros: number[] = [];
  for (let round = -repeats; round < repeats; round++) {
    const start = performance.now();
    for (let count = 0; count < requestsOfRound; count++) {
      const id = `${round} ${count}`;
      const { outcome } = await store.reserve({ id, scopes, need });
      if (outcome !== "held" || (await store.settle({ id }, actual)) !== "done")
        throw new Error(`${id} was ${outcome}`);
    }
    if (round >= 0) micros.push(((performance.now() - start) * 1000) / requestsOfRound);
  }
  return [{ name: "reserve and settle in five scopes of three limits", unit: "a request", micros: spreadOf(micros) }];
}
