import { expect } from "vitest";
import type { Amounts, Limit } from "../limits/limit.ts";
import { limitScope, type LimitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";

/** Stores that share their limits and one clock, which a history moves on. */
export interface RateScene {
  readonly stores: readonly LimitStore[];
  readonly clock: { nowMs: number };
  /** How long asking goes on by that clock. */
  readonly forMs: number;
}

const minuteMs = 60_000;
const minute = { kind: "rolling", ms: minuteMs } as const;
const scopeOf = (id: string, limit: Limit): LimitScope => limitScope({ id, limits: [limit] });
const tokens = (inputTokens: number): Amounts => ({ nanoUsd: 0, inputTokens, outputTokens: 0 });
/** A number from 0 to 1 for each index, the same in each run. */
const chance = (index: number): number => (Math.imul(index + 1, 0x9e_37_79_b1) >>> 0) / 2 ** 32;

/** The most that lies in any window of so many milliseconds. */
function mostIn(admitted: readonly { readonly atMs: number; readonly amount: number }[], windowMs: number): number {
  let [first, sum, most] = [0, 0, 0];
  for (const { atMs, amount } of admitted) {
    sum += amount;
    for (; atMs - (admitted[first]?.atMs ?? atMs) >= windowMs; first++) sum -= admitted[first]?.amount ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

/** Asks five times as often as a rate of requests lets through: no window has more, and nothing of it is lost over time. */
export async function requestsAtFiveTimesTheRate({ stores, clock, forMs }: RateScene): Promise<number> {
  const limit = 60;
  const scopes = [scopeOf("rate of requests", { of: "requests", amount: limit, window: minute })];
  const admitted: { readonly atMs: number; readonly amount: number }[] = [];
  const untilMs = clock.nowMs + forMs;
  for (let index = 0; clock.nowMs < untilMs; index++) {
    const result = await stores[index % stores.length]?.reserve({ id: `rpm ${index}`, scopes, need: tokens(1) });
    if (result?.outcome === "held") admitted.push({ atMs: clock.nowMs, amount: 1 });
    clock.nowMs += Math.floor((minuteMs / limit / 5) * 2 * chance(index));
  }
  expect(mostIn(admitted, minuteMs)).toBeLessThanOrEqual(limit);
  // A sixtieth of the window is its grain.
  expect(admitted.length).toBeGreaterThanOrEqual((limit * forMs * 60) / 62 / minuteMs);
  return admitted.length / (forMs / minuteMs);
}

/** Requests of very different sizes, held by a guess and settled by another number: the mean stays below the rate. */
export async function tokensOfMixedSizes({ stores, clock, forMs }: RateScene): Promise<number> {
  const limit = 100_000;
  const scopes = [scopeOf("rate of tokens", { of: "inputTokens", amount: limit, window: minute })];
  const untilMs = clock.nowMs + forMs;
  const waitedMs: number[] = [];
  let [used, waiting] = [0, 0];
  for (let index = 0; clock.nowMs < untilMs; index++) {
    const store = stores[index % stores.length];
    const guess = Math.ceil(40_000 * chance(index) ** 3) + 1;
    const ref = { id: `tpm ${index}` };
    const result = await store?.reserve({ ...ref, scopes, need: tokens(guess) });
    if (result?.outcome === "held") {
      const actual = Math.floor(guess * (0.3 + 0.7 * chance(7 * index)));
      await store?.settle({ ...ref, partition: "" }, tokens(actual));
      used += actual;
      waitedMs.push(waiting);
      waiting = 0;
    }
    const passMs = Math.floor(1_000 * chance(3 * index));
    waiting += passMs;
    clock.nowMs += passMs;
  }
  const perMinute = used / (forMs / minuteMs);
  expect(perMinute).toBeLessThanOrEqual(1.01 * limit);
  expect(Math.max(...waitedMs)).toBeLessThanOrEqual(minuteMs);
  return perMinute / limit;
}

/** Requests that never fit take nothing: the small ones behind them are admitted as if they had not been. */
export async function refusedTakeNothing({ stores, clock }: RateScene, refusals: number): Promise<void> {
  const limit = 30;
  const scope = limitScope({
    id: "refused",
    limits: [
      { of: "inputTokens", amount: 1_000, window: minute },
      { of: "requests", amount: limit, window: minute },
    ],
  });
  for (let index = 0; index < refusals; index++) {
    const asked = stores[index % stores.length]?.reserve({
      id: `large ${index}`,
      scopes: [scope],
      need: tokens(1_001),
    });
    expect((await asked)?.outcome).toBe("refused");
    clock.nowMs += 1;
  }
  const small = [];
  for (let index = 0; index < limit + 1; index++) {
    small.push(await stores[0]?.reserve({ id: `small ${index}`, scopes: [scope], need: tokens(30) }));
  }
  expect(small.map((result) => result?.outcome)).toEqual([...Array<string>(limit).fill("held"), "refused"]);
}
