import { expect } from "vitest";
import { limitScope } from "../limits/limit-scope.ts";
import type { LimitStore } from "../limits/limit-store.ts";

/** Who asks at the same time, and how often. */
export interface LimitRace {
  /** The stores of all replicas. */
  readonly stores: readonly LimitStore[];
  /** Requests of each in a round. */
  readonly ofStore: number;
  readonly rounds: number;
}

/**
 * Asks for more than there is room for, all at once, round after round with another number that fits: exactly that many
 * are admitted, and the others hold nothing at any level.
 */
export async function raceForRoom({ stores, ofStore, rounds }: LimitRace): Promise<void> {
  const need = { nanoUsd: 3, inputTokens: 0, outputTokens: 0 };
  const month = { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } as const;
  for (let round = 0; round < rounds; round++) {
    const fit = 1 + ((round * 7919) % (stores.length * ofStore - 1));
    const partition = `customer ${round}`;
    const limits = [
      { of: "nanoUsd", amount: 3 * fit + 2, window: month },
      { of: "requests", amount: fit + 1, window: { kind: "rolling", ms: 3_600_000 } },
      { of: "requests", amount: fit + 2, window: { kind: "parallel" } },
    ] as const;
    const scopes = limits.map((limit, level) =>
      limitScope({ id: level === 0 ? partition : `level ${level} of ${round}`, partition, limits: [limit] }),
    );
    const asked = stores.flatMap((store, replica) =>
      Array.from({ length: ofStore }, (_, index) =>
        store.reserve({ id: `${replica}.${index}`, partition, scopes, need }),
      ),
    );
    const results = await Promise.all(asked);
    expect(results.filter(({ outcome }) => outcome === "held")).toHaveLength(fit);
    const usages = await Promise.all(scopes.map(async (scope) => await stores[0]?.usage(scope)));
    expect(usages.flat().map((usage) => usage?.held)).toEqual([3 * fit, fit, fit]);
  }
}
