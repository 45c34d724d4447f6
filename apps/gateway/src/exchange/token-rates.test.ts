import { anthropicMessages, estimateTokens, openaiChat } from "@drawbridge/translator";
import { expect, test } from "vitest";
import type { ProvidedModel } from "./model-print.ts";
import { createTokenRates, type TokenRates } from "./token-rates.ts";

const model = (name = "m"): ProvidedModel => ({
  provider: "p",
  endpoint: { dialect: anthropicMessages, target: { model: name } },
});
const plain = { bytes: 1_000, prints: [], sessionId: undefined } as const;
const heard = { tokens: 1_000, isUnusual: false };

function learn(rates: TokenRates, times: number, { inputTokens = 300, outputTokens = 750, ...more } = {}): void {
  for (let answer = 0; answer < times; answer++) {
    rates.learn({ request: plain, inputTokens, heard, outputTokens, writtenMs: 5_000, ...more });
  }
}

test("of what a model makes of text the most of the latest answers is known, and a margin, once there were some", () => {
  const rates = createTokenRates().of(model());
  learn(rates, 1, { outputTokens: 800 });
  learn(rates, 6);
  expect([rates.sent.most(plain), rates.mostOutput(heard), rates.speed]).toEqual([undefined, 1_000, undefined]);
  learn(rates, 1);
  expect([rates.sent.most(plain), rates.mostOutput(heard), rates.speed]).toEqual([306, 888, 0.16]);
  learn(rates, 32, { inputTokens: 200, outputTokens: 500 });
  expect([rates.sent.most(plain), rates.mostOutput(heard), rates.speed]).toEqual([204, 559, 0.1]);
});

test("short answers and requests whose bytes say nothing teach nothing", () => {
  const rates = createTokenRates().of(model());
  const nothing = { request: undefined, inputTokens: 5_000, heard, outputTokens: 99, writtenMs: 5_000 };
  for (let answer = 0; answer < 40; answer++) rates.learn(nothing);
  expect([rates.sent.most(plain), rates.mostOutput(heard)]).toEqual([undefined, 1_000]);
});

// As o200k has them, which makes more of the beginning and the end of each than of words in the middle.
test.each([
  ["  1. anthropic/cla", 8],
  [' Grep, Glob, "mcp__wiki__*', 12],
  ["safeguards`, `mcp", 8],
])("no fewer tokens are counted of a few words than a vocabulary makes of them: %s", (text, tokens) => {
  const rates = createTokenRates().of(model());
  const few = { tokens: estimateTokens(text), isUnusual: false };
  expect(rates.mostOutput(few)).toBeGreaterThanOrEqual(tokens);
  learn(rates, 32, { outputTokens: 950 });
  expect(rates.mostOutput(few)).toBeGreaterThanOrEqual(tokens);
});

test("what is made of other scripts and of numbers is learned for itself, and may be the dearest until then", () => {
  const rates = createTokenRates().of(model());
  const unusual = { tokens: 1_000, isUnusual: true };
  learn(rates, 32);
  expect(rates.mostOutput(unusual)).toBe(1_500);
  for (let answer = 0; answer < 8; answer++) {
    rates.learn({ request: undefined, inputTokens: 1, heard: unusual, outputTokens: 600, writtenMs: 1 });
  }
  expect(rates.mostOutput(unusual)).toBe(772);
  expect(rates.mostOutput(heard)).toBe(833);
});

test("each model of a provider has rates of its own, whatever endpoint it is reached by", () => {
  const book = createTokenRates();
  const one = model();
  expect(book.of(one)).toBe(book.of(one));
  expect(book.of(one)).toBe(book.of(model()));
  expect(book.of(one)).not.toBe(book.of(model("n")));
  expect(book.of(one)).not.toBe(book.of({ ...model(), provider: "q" }));
  expect(book.of(one)).not.toBe(book.of({ ...one, endpoint: { ...one.endpoint, dialect: openaiChat } }));
});

test("what was learned before a start counts until as much has been counted anew", () => {
  const before = createTokenRates();
  learn(before.of(model()), 8, { inputTokens: 400 });
  const book = createTokenRates();
  book.recall(before.kept());
  const rates = book.of(model());
  expect([rates.sent.most(plain), rates.speed]).toEqual([408, 0.15]);
  learn(rates, 31);
  expect(rates.sent.most(plain)).toBe(408);
  expect(book.kept()).toEqual(before.kept());
  learn(rates, 1);
  expect(rates.sent.most(plain)).toBe(306);
});

test("what others have learned changes nothing for who knows it from answers", () => {
  const [book, others] = [createTokenRates(), createTokenRates()];
  learn(book.of(model()), 8);
  learn(others.of(model()), 8, { inputTokens: 200 });
  book.recall(others.kept());
  expect(book.of(model()).sent.most(plain)).toBe(306);
});
