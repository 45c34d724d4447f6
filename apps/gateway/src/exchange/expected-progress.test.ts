import { createProvider } from "@drawbridge/providers";
import { flatRow } from "@drawbridge/providers/models";
import { expect, test } from "vitest";
import { providerParts } from "../provider-parts.ts";
import { type ExpectedPlace, expectedProgress } from "./expected-progress.ts";
import { sentRequest } from "./sent-request.ts";
import { createTokenRates, type RateBook } from "./token-rates.ts";

const body = new TextEncoder().encode("x".repeat(1_000));
const asked = sentRequest(body, undefined);
const bound = { chargedInputTokens: 1_400, outputTokens: 64_000 };
const loopDelay = { mostMs: 50, close: () => undefined };

function placeOf(name: string, usdPerMillion: number, readOnMs = 0): ExpectedPlace {
  const settings = { kind: "openai-chat", baseUrl: "http://127.0.0.1:9" } as const;
  const made = createProvider(name, settings, providerParts());
  const prices = [flatRow({ input: usdPerMillion * 1e9, output: 5 * usdPerMillion * 1e9 })];
  const endpoint: typeof made.endpoint = (...of) => made.endpoint(...of);
  const provider = { name, credentials: made.credentials, endpoint, readOnMs };
  return { target: { provider, model: "m" }, facts: {}, prices };
}

interface Told {
  readonly rates?: RateBook;
  readonly isStreamed?: boolean;
}

function expectedOf(places: readonly ExpectedPlace[], { rates = createTokenRates(), isStreamed = true }: Told = {}) {
  return expectedProgress({ body, asked, bound, isStreamed }, places, { tokenRates: rates, loopDelay })();
}

/** Teaches what eight requests like this one were counted as, and how fast their answers were written. */
function learn(rates: RateBook, { target: { provider, model } }: ExpectedPlace, inputTokens: number): void {
  const endpoint = provider.endpoint(model, provider.credentials[0]);
  const sent = { bytes: 3_000, prints: [], sessionId: undefined } as const;
  const counted = { request: sent, asked, inputTokens, heard: undefined, outputTokens: 1_000, writtenMs: 10_000 };
  for (let answer = 0; answer < 8; answer++) rates.of({ provider: provider.name, endpoint }).learn(counted);
}

test("before anything is sent, a request comes to its bound and what is written until its provider knows that nobody reads", () => {
  const progress = expectedOf([placeOf("a", 1)]);
  expect(progress).toMatchObject({ inputTokens: 1_400, outputTokens: 40, tokensPerMs: 0.2 });
  expect(progress?.nanoUsd(100)).toBe(1_400 * 1_000 + 100 * 5_000);
  expect(expectedOf([placeOf("a", 1)], { isStreamed: false })).toMatchObject({ outputTokens: 50, tokensPerMs: 0.25 });
});

test("it comes to what is learned of the model, by what its client has written, whatever is made of that for the provider", () => {
  const [place, rates] = [placeOf("a", 1), createTokenRates()];
  learn(rates, place, 300);
  expect(expectedOf([place], { rates })).toMatchObject({ inputTokens: 306, outputTokens: 20, tokensPerMs: 0.1 });
});

test("of places that it may go to, the dearest counts, and none where one writes and bills on", () => {
  const [known, unknown, rates] = [placeOf("a", 7), placeOf("b", 1), createTokenRates()];
  learn(rates, known, 300);
  const progress = expectedOf([known, unknown], { rates });
  expect(progress).toMatchObject({ inputTokens: 1_400, outputTokens: 40, tokensPerMs: 0.2 });
  expect(progress?.nanoUsd(0)).toBe(Math.max(306 * 7_000, 1_400 * 1_000));
  expect(expectedOf([{ ...known, prices: [] }], { rates })?.nanoUsd(100)).toBe(0);
  expect(expectedOf([known, placeOf("c", 1, 30_000)], { rates })).toBeUndefined();
});
