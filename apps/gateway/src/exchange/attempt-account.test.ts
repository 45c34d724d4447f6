import { compileDirectory, createGovernance, limitScope, memoryBook, memoryLimitStore } from "@drawbridge/governance";
import { ProviderError } from "@drawbridge/providers";
import { noUsage } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import type { TokenRates } from "./token-rates.ts";
import { LeasedAccount } from "./attempt-account.ts";

const usage = { ...noUsage, inputTokens: 100, outputTokens: 3, estimated: true };
const bound = {
  inputTokens: 100,
  mostInputTokens: 100,
  hasMedia: false,
  outputTokens: 50,
  nanoUsd: (output: number) => 100 + output,
};

const nothingKnown: TokenRates = { learn: () => undefined, input: undefined, output: undefined };

async function accountOf(rates = nothingKnown, isWrittenOn = false) {
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
  const account = new LeasedAccount({ attempt: attempt.value, price: undefined, bound, rates, isWrittenOn, clock });
  account.sending(350);
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
  expect(book.entries.at(-1)).toMatchObject({ kind: "close", source: "estimated", usage: { outputTokens: 27 } });
});

test("one that broke off comes to no more than the densest answers of late would have in its bytes", async () => {
  const { account, book } = await accountOf({ ...nothingKnown, output: 0.01 });
  void account.passed(100);
  account.failed(new Error("the client left"));
  expect(book.entries.at(-1)).toMatchObject({ usage: { outputTokens: 2 + 24 } });
});

test("one that the provider writes on and nobody reads counts as all that was held for it", async () => {
  const { account, book } = await accountOf(nothingKnown, true);
  account.failed(new ProviderError({ kind: "cancelled", message: "left" }));
  expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { outputTokens: 50 } });
});
