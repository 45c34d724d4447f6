import { compileDirectory, createGovernance, limitScope, memoryBook, memoryLimitStore } from "@drawbridge/governance";
import { ProviderError } from "@drawbridge/providers";
import { noUsage, type Usage } from "@drawbridge/translator";
import { expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import type { RequestRates, TokenRates } from "./token-rates.ts";
import { LeasedAccount } from "./attempt-account.ts";

const usage = { ...noUsage, inputTokens: 100, outputTokens: 3, estimated: true };
const usualBound = {
  inputTokens: 100,
  mostInputTokens: 100,
  chargedInputTokens: 100,
  hasMedia: false,
  outputTokens: 50,
  nanoUsd: (output: number) => 100 + output,
};

const unknownRequests: RequestRates = { look: (request) => request, most: () => undefined };
const nothingKnown: TokenRates = {
  learn: () => undefined,
  sent: unknownRequests,
  asked: unknownRequests,
  mostOutput: ({ tokens }) => tokens,
  speed: undefined,
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Story {
  readonly rates?: TokenRates;
  readonly isWrittenOn?: boolean;
  /** Undefined for a whole answer, of which nothing has come. */
  readonly counted?: Usage | undefined;
  readonly outputTokens?: number;
}

async function accountOf({ rates = nothingKnown, isWrittenOn = false, ...story }: Story = {}) {
  const counted = "counted" in story ? story.counted : usage;
  const bound = { ...usualBound, outputTokens: story.outputTokens ?? usualBound.outputTokens };
  const time = { ms: 0 };
  const clock = (): number => time.ms;
  const book = memoryBook();
  const governance = createGovernance({
    snapshot: () => ({ directory: compileDirectory({}, { hasher: { digest: (token) => token } }) }),
    limits: memoryLimitStore({ clock }),
    book,
    clock,
    newId: () => "r1",
  });
  const scope = limitScope({ id: "key a", limits: [{ of: "outputTokens", amount: 2_000, window: { kind: "total" } }] });
  const holder = { keyId: "k", keyName: "a", tags: {}, partition: "", scopes: [scope], scopesAt: () => [] };
  const admission = await governance.admit({ holder, modelAsked: "m", bound });
  if (!admission.allowed) throw new Error(admission.reason);
  const attempt = await admission.value.attempt({ provider: "p", model: "m", credential: "c" });
  if (!attempt.allowed) throw new Error(attempt.reason);
  const account = new LeasedAccount({
    attempt: attempt.value,
    price: undefined,
    bound,
    rates,
    sessionId: undefined,
    asked: undefined,
    isStreamed: counted !== undefined,
    isWrittenOn,
    clock,
    delayMs: () => 0,
  });
  account.sending(bytesOf("x".repeat(350)));
  if (counted !== undefined) {
    account.headed(200);
    account.follow({ metered: { usage: counted, stopReason: undefined } });
  }
  return { account, attempt: attempt.value, book, time };
}

test("an answer that ends while its client takes no more of it counts as all that was held for it", async () => {
  const { account, book } = await accountOf();
  account.pause("client");
  account.failed(new GatewayError("limits-unavailable", "away"));
  expect(book.entries.at(-1)).toMatchObject({ kind: "close", source: "estimated", usage: { outputTokens: 50 } });
});

test("one that was read to the moment when its client left counts as what went by, and a little for what was on its way", async () => {
  const { account, book } = await accountOf();
  account.pause("client");
  account.resume();
  account.failed(new Error("the client left"));
  expect(book.entries.at(-1)).toMatchObject({ kind: "close", source: "estimated", usage: { outputTokens: 10 + 30 } });
});

test("one that ends while a store is waited for counts as what can be written in that time, and all that was held where it is written on", async () => {
  const away = new GatewayError("limits-unavailable", "away");
  const rates = { ...nothingKnown, speed: 0.1 };
  for (const [isWrittenOn, outputTokens] of [
    [false, 10 + (2_000 + 150) / 10],
    [true, 500],
  ] as const) {
    const { account, book, time } = await accountOf({ rates, outputTokens: 500, isWrittenOn });
    account.pause("store");
    time.ms += 2_000;
    account.failed(away);
    expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { outputTokens } });
  }
});

test("what came while an answer was not read counts until all of it was heard", async () => {
  const rates = { ...nothingKnown, speed: 0.1, mostOutput: () => 0 };
  // What follows at once was waiting, and what follows later was not there yet.
  for (const [laterMs, unreadMs] of [
    [5, 200],
    [30, 0],
  ] as const) {
    const { account, book, time } = await accountOf({ rates, outputTokens: 500 });
    account.pause("store");
    time.ms += 200;
    account.resume();
    for (const afterMs of [0, laterMs]) {
      time.ms += afterMs;
      void account.passed(bytesOf('data: {"delta":{"type":"text_delta","text":"hello"}}\n\n'));
    }
    account.failed(new Error("the client left"));
    expect(book.entries.at(-1)).toMatchObject({ usage: { outputTokens: (150 + unreadMs) / 10 } });
  }
});

test("one that broke off comes to what its text can have by answers of late", async () => {
  const { account, book } = await accountOf({ rates: { ...nothingKnown, mostOutput: ({ tokens }) => 2 * tokens } });
  void account.passed(bytesOf('data: {"delta":{"type":"text_delta","text":"hello"}}\n\n'));
  account.failed(new Error("the client left"));
  expect(book.entries.at(-1)).toMatchObject({ usage: { outputTokens: 4 + 30 } });
});

test("one that the provider writes on and nobody reads counts as all that was held for it", async () => {
  const { account, book } = await accountOf({ isWrittenOn: true });
  account.failed(new ProviderError({ kind: "cancelled", message: "left" }));
  expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { outputTokens: 50 } });
});

test("the input of one whose provider had not counted yet is that of the densest requests of late, or its bound", async () => {
  const counted: Usage = { ...usage, inputTokens: 7, inputEstimated: true };
  for (const [input, inputTokens] of [
    [72, 72],
    [undefined, 100],
  ] as const) {
    const { account, book } = await accountOf({
      counted,
      rates: { ...nothingKnown, sent: { ...unknownRequests, most: () => input } },
    });
    account.failed(new ProviderError({ kind: "cancelled", message: "left" }));
    expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { inputTokens } });
  }
});

test("a whole answer of which nothing had come counts as what can be written in its time, and no more than it may have", async () => {
  const left = new ProviderError({ kind: "cancelled", message: "left" });
  for (const [afterMs, outputTokens] of [
    [0, 19],
    [1_000, 144],
    [60_000, 500],
  ] as const) {
    const rates = { ...nothingKnown, speed: 0.1 };
    const { account, book, time } = await accountOf({ counted: undefined, outputTokens: 500, rates });
    time.ms = afterMs;
    account.failed(left);
    expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { outputTokens } });
  }
});

test("a whole answer that nobody has counted is taken for as dense as texts can be", async () => {
  const counted: Usage = { ...usage, outputTokens: 20, inputEstimated: true };
  const { account, book } = await accountOf({ counted, outputTokens: 500 });
  account.succeeded({ usage: counted, stopReason: "end_turn" });
  expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { inputTokens: 100, outputTokens: 38 } });
});

test("one that had begun to come whole and was cut off counts as what can be written in its time", async () => {
  const rates = { ...nothingKnown, speed: 0.1 };
  const { account, book, time } = await accountOf({ counted: undefined, outputTokens: 500, rates });
  account.headed(200);
  time.ms = 1_000;
  account.failed(new ProviderError({ kind: "reset", message: "cut" }));
  expect(book.entries.at(-1)).toMatchObject({ source: "estimated", usage: { outputTokens: 144 } });
});

test("nothing more is held for the last piece of an answer, which no limit cuts off", async () => {
  const counted: Usage = { ...usage, outputTokens: 5_000 };
  const { account } = await accountOf({ counted, outputTokens: 50_000 });
  expect(account.passed(new Uint8Array(100_000), true)).toBeUndefined();
  await expect(account.passed(new Uint8Array(100_000))).rejects.toThrow(/may use 2000 output tokens/u);
});

test("should its gateway be gone, one is charged with its input and two seconds of writing, and with all that is held where it is written on", async () => {
  const story = { counted: undefined, outputTokens: 20_000, rates: { ...nothingKnown, speed: 0.1 } };
  const { attempt } = await accountOf(story);
  expect(attempt.charge).toEqual({ inputTokens: 100, outputTokens: 19 + 250, nanoUsd: 0 });
  const { attempt: writtenOn } = await accountOf({ ...story, isWrittenOn: true });
  expect(writtenOn.charge).toBeUndefined();
});
