import { describe, expect, test } from "vitest";
import { commandCount, historyLength } from "../testing/command-count.ts";
import { raceForRoom } from "../testing/limit-race.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
import { refusedTakeNothing, requestsAtFiveTimesTheRate, tokensOfMixedSizes } from "../testing/rate-history.ts";
import { memoryLimitStore } from "./memory-limit-store.ts";

limitStoreContract({
  name: "a limit store in memory",
  open: (options) => Promise.resolve({ store: memoryLimitStore(options) }),
  commands: commandCount({ here: 10_000, ci: 75_000 }),
  history: historyLength({ usual: 5_000, campaign: 100_000 }),
});

test("L-02: admits exactly as many of 600 as fit, in each of 200 rounds", async () => {
  const store = memoryLimitStore({ clock: () => Date.now() });
  await raceForRoom({ stores: [store], ofStore: 600, rounds: 200 });
});

describe("of rates, in ten minutes of asking too much", () => {
  const start = Date.parse("2026-11-25T12:00:00Z");
  const scene = () => {
    const clock = { nowMs: start };
    const store = memoryLimitStore({ clock: () => clock.nowMs });
    return { stores: [store], clock, forMs: 600_000 };
  };

  test("R-01: no window has more requests than may be, and all that may be", async () => {
    expect(await requestsAtFiveTimesTheRate(scene())).toBeLessThanOrEqual(60);
  });

  test("R-02: tokens come to no more than may be on average, and nobody waits longer than a window", async () => {
    expect(await tokensOfMixedSizes(scene())).toBeGreaterThan(0.8);
  });

  test("R-03: 10,000 refused requests take nothing", async () => {
    await refusedTakeNothing(scene(), 10_000);
  });
});
