import { test } from "vitest";
import { commandCount, historyLength } from "../testing/command-count.ts";
import { raceForRoom } from "../testing/limit-race.ts";
import { limitStoreContract } from "../testing/limit-store-contract.ts";
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
