import { compileDirectory, createGovernance, limitScope, memoryBook, memoryLimitStore } from "@drawbridge/governance";
import { noUsage } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import { LeasedAccount } from "./attempt-account.ts";

const usage = { ...noUsage, inputTokens: 100, outputTokens: 3 };
const bound = { inputTokens: 100, mostInputTokens: 100, outputTokens: 50, nanoUsd: (output: number) => 100 + output };

async function accountOf() {
  const clock = (): number => 0;
  const book = memoryBook();
  const governance = createGovernance({
    snapshot: () => ({ directory: compileDirectory({}, { hasher: { digest: (token) => token } }) }),
    limits: memoryLimitStore({ clock }),
    book,
    clock,
    newId: () => "r1",
  });
  const scope = limitScope({ id: "key a", limits: [{ of: "outputTokens", amount: 99, window: { kind: "total" } }] });
  const holder = { keyId: "k", keyName: "a", tags: {}, partition: "", scopes: [scope], scopesAt: () => [] };
  const admission = await governance.admit({ holder, modelAsked: "m", bound });
  if (!admission.allowed) throw new Error(admission.reason);
  const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
  if (!attempt.allowed) throw new Error(attempt.reason);
  const account = new LeasedAccount({ attempt: attempt.value, price: undefined, bound });
  account.sending();
  account.headed(200);
  account.follow({ metered: { usage, stopReason: undefined } });
  return { account, book };
}

test("an answer that ends while nobody reads it counts as all that was held for it", async () => {
  const { account, book } = await accountOf();
  account.pause();
  account.failed(new GatewayError("limits-unavailable", "away"));
  expect(book.entries.at(-1)).toMatchObject({ kind: "close", source: "estimated", usage: { outputTokens: 50 } });
});

test("one that was read to the moment when its client left counts as what went by, and a little for what was on its way", async () => {
  const { account, book } = await accountOf();
  account.pause();
  account.resume();
  account.failed(new Error("the client left"));
  expect(book.entries.at(-1)).toMatchObject({ kind: "close", source: "partial", usage: { outputTokens: 19 } });
});
