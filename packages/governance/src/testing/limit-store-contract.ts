import fc from "fast-check";
import { beforeEach, describe, test } from "vitest";
import type { LimitStore } from "../limits/limit-store.ts";
import { compareWithReference, storeCommands } from "./compare-with-reference.ts";
import { limitAmountContract } from "./limit-amount-contract.ts";
import { limitHoldContract } from "./limit-hold-contract.ts";
import { graceMs, leaseMs, type LimitScene, start, type StoreKind } from "./limit-scene.ts";
import { limitSilenceContract } from "./limit-silence-contract.ts";
import { limitWindowContract } from "./limit-window-contract.ts";

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

    test("does what the reference ledger does", async () => {
      const ofRun = 50;
      const short = { leaseMs: 10_000, graceMs: 20_000 };
      await fc.assert(
        fc.asyncProperty(storeCommands(ofRun), async (commands) => {
          let at = start;
          const opened = await kind.open({ clock: () => at, ...short });
          try {
            await compareWithReference({
              opened,
              commands,
              ...short,
              clock: { read: () => at, pass: (ms) => (at += ms) },
            });
          } finally {
            await opened.close?.();
          }
        }),
        { numRuns: Math.ceil(kind.commands / ofRun) },
      );
    }, 600_000);
  });
}
