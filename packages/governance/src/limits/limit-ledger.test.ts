import { expect, test } from "vitest";
import { LimitLedger } from "./limit-ledger.ts";
import { limitScope } from "./limit-scope.ts";

test("who has used nothing takes no memory once all that was held has ended", () => {
  const ledger = new LimitLedger({});
  const need = { nanoUsd: 5, inputTokens: 1, outputTokens: 1 };
  const limits = [{ of: "nanoUsd", amount: 10, window: { kind: "total" } }] as const;
  for (const id of ["released", "used", "held"]) {
    ledger.reserve({ id, scopes: [limitScope({ id: `key ${id}`, limits })], need }, 0);
  }
  ledger.close({ id: "released" }, undefined, 1);
  ledger.close({ id: "used" }, need, 1);
  // Each sweep looks at some meters.
  for (let sweep = 0; sweep < 3; sweep++) ledger.sweep(2);
  expect([...ledger.meters.counting()].map(({ key, holds }) => [key.includes("released"), holds])).toEqual([
    [false, 0],
    [false, 1],
  ]);
});
