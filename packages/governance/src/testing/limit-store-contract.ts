import fc from "fast-check";
import { beforeEach, describe, test } from "vitest";
import type { LimitStore } from "../limits/limit-store.ts";
import { compareWithReference, type StoreCommand, storeCommands } from "./compare-with-reference.ts";
import { deliverAgainAndAgain } from "./deliver-again-and-again.ts";
import { limitAmountContract } from "./limit-amount-contract.ts";
import { limitHoldContract } from "./limit-hold-contract.ts";
import { graceMs, leaseMs, type LimitScene, start, type StoreKind } from "./limit-scene.ts";
import { limitSilenceContract } from "./limit-silence-contract.ts";
import { limitThresholdContract } from "./limit-threshold-contract.ts";
import { limitWindowContract } from "./limit-window-contract.ts";

async function compared(kind: StoreKind, commands: readonly StoreCommand[]): Promise<void> {
  let at = start;
  const short = { leaseMs: 10_000, graceMs: 20_000 };
  const opened = await kind.open({ clock: () => at, ...short });
  try {
    await compareWithReference({ opened, commands, ...short, clock: { read: () => at, pass: (ms) => (at += ms) } });
  } finally {
    await opened.close?.();
  }
}

/** What every limit store promises. Each kind of store runs it. */
export function limitStoreContract(kind: StoreKind): void {
  describe(kind.name, () => {
    let store: LimitStore;
    const scene: LimitScene = {
      nowMs: start,
      get store() {
        return store;
      },
      reserve: (id, scope, need) => store.reserve({ id, scopes: [scope], need }),
    };
    beforeEach(async () => {
      scene.nowMs = start;
      const opened = await kind.open({ clock: () => scene.nowMs, leaseMs, graceMs });
      store = opened.store;
      return opened.close;
    });
    limitHoldContract(scene);
    limitWindowContract(scene);
    limitSilenceContract(scene);
    limitAmountContract(scene);
    limitThresholdContract(kind);

    test("does what the reference ledger does", async () => {
      const ofRun = 50;
      const property = fc.asyncProperty(storeCommands(ofRun), (commands) => compared(kind, commands));
      await fc.assert(property, { numRuns: Math.ceil(kind.commands / ofRun) });
    }, 600_000);

    test(`L-06: counts one end of each hold of ${kind.commands} that come several times, late and out of order`, async () => {
      const pass = (ms: number): void => void (scene.nowMs += ms);
      await deliverAgainAndAgain({ store, count: kind.commands, pass });
    }, 600_000);

    const { history } = kind;
    if (history === undefined) return;
    test(`L-06: does what the reference ledger does in a history of ${history} commands`, async () => {
      // Nobody could read a counterexample that long, so none is looked for.
      const [commands = []] = fc.sample(storeCommands(history), 1);
      await compared(kind, commands);
    }, 600_000);
  });
}
