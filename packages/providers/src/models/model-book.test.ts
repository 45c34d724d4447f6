import { expect, test } from "vitest";
import { flatRow } from "./flat-row.ts";
import { createModelBook, type ModelOverride } from "./model-book.ts";
import type { ListedModel, PriceList } from "./price-list.ts";
import type { PriceRow } from "./price-row.ts";

function row(rate: number): PriceRow {
  return flatRow({ input: rate, output: rate });
}

/** A list that says the same of every model, and counts how often it is asked. */
function listing(more: Partial<ListedModel> = {}): PriceList & { readonly asked: () => number } {
  const price = row(1);
  const listed = { price, contextWindow: 77_000, deprecated: false, validUntilMs: Number.POSITIVE_INFINITY, ...more };
  let asked = 0;
  return {
    asked: () => asked,
    find() {
      asked += 1;
      return listed;
    },
  };
}

const openai = { name: "work", entry: { id: "openai" } };
const ollama = { name: "gpu", entry: { id: "ollama", local: true } } as const;
const proxy = { name: "proxy", entry: { id: "openai-chat" } };

test("a model on one's own machine costs nothing, one behind an unknown server is unpriced", () => {
  const prices = listing();
  const book = createModelBook({ prices });
  expect(book.priceOf(ollama, "qwen3-coder", 0)).toEqual(row(0));
  expect(book.priceOf(proxy, "qwen3-coder", 0)).toBeUndefined();
  expect(prices.asked()).toBe(0);
});

test("a user's word counts before the list, an exact name before globs, then the first", () => {
  const overrides: ModelOverride[] = [
    { match: "work/*", price: row(2) },
    { match: "*", price: row(3) },
    { match: "WORK/gpt-5", price: row(4), facts: { contextWindow: 9_000, maxOutputTokens: undefined } },
  ];
  const book = createModelBook({ prices: listing(), overrides });
  expect(book.priceOf(openai, "gpt-5", 0)).toEqual(row(4));
  expect(book.priceOf(openai, "other", 0)).toEqual(row(2));
  expect(book.priceOf(proxy, "anything", 0)).toEqual(row(3));
  expect(book.priceOf(ollama, "anything", 0)).toEqual(row(3));
  expect(book.factsOf(openai, "gpt-5")).toMatchObject({ contextWindow: 9_000, maxOutputTokens: 128_000 });
});

test("limits of a user leave the list's price", () => {
  const book = createModelBook({
    prices: listing(),
    overrides: [{ match: "work/*", facts: { contextWindow: 5, maxOutputTokens: 4 } }],
  });
  expect(book.priceOf(openai, "gpt-5", 0)).toEqual(row(1));
  expect(book.factsOf(openai, "gpt-5")).toMatchObject({ contextWindow: 5, maxOutputTokens: 4 });
});

test("Claude costs a tenth more in one region of Google's than anywhere, and other models there do not", () => {
  const book = createModelBook({ prices: listing({ price: row(3_000_000_000) }) });
  const cost = (id: string, region: string | undefined, model: string): PriceRow | undefined =>
    book.priceOf({ name: `${id} in ${region}`, entry: { id }, addressRegion: region }, model, 0);
  expect(cost("vertex", "europe-west1", "claude-sonnet-4-5@20250929")).toEqual(row(3_300_000_000));
  expect(cost("vertex", "eu", "claude-opus-5-5")).toEqual(row(3_300_000_000));
  expect(cost("vertex", "global", "claude-sonnet-5-5")).toEqual(row(3_000_000_000));
  expect(cost("vertex", undefined, "claude-sonnet-5-5")).toEqual(row(3_000_000_000));
  expect(cost("vertex", "europe-west1", "claude-opus-4-1@20250805")).toEqual(row(3_000_000_000));
  expect(cost("vertex", "europe-west1", "gemini-3.1-pro")).toEqual(row(3_000_000_000));
  expect(cost("anthropic", "europe-west1", "claude-sonnet-5")).toEqual(row(3_000_000_000));
});

test("at an address of one region OpenAI's models of since March 2026 cost a tenth more, and Together's a quarter", () => {
  const book = createModelBook({ prices: listing({ price: row(4_000_000_000) }) });
  const factor = (id: string, addressRegion: string | undefined, model: string): number => {
    const price = book.priceOf({ name: `${id} in ${addressRegion}`, entry: { id }, addressRegion }, model, 0);
    return (price?.bands[0].rates.output ?? Number.NaN) / 4_000_000_000;
  };
  const dear = ["gpt-5.4", "gpt-5.4-mini-2026-03-17", "gpt-5.10", "gpt-6-sol", "gpt-6.1-terra", "gpt-10"];
  for (const model of dear) expect([model, factor("openai", "eu", model)]).toEqual([model, 1.1]);
  const usual = ["gpt-5.3-codex", "gpt-5", "gpt-5-mini", "gpt-4.1", "gpt-4o", "o3", "gpt-oss-120b"];
  for (const model of usual) expect([model, factor("openai", "eu", model)]).toEqual([model, 1]);
  expect(factor("openai", undefined, "gpt-6-sol")).toBe(1);
  expect(factor("azure", "eu", "gpt-6-sol")).toBe(1);
  expect(factor("together", "us", "zai-org/GLM-5.3")).toBe(1.25);
  expect(factor("together", undefined, "zai-org/GLM-5.3")).toBe(1);
});

test("the list's context window counts where nothing else is known", () => {
  const book = createModelBook({ prices: listing({ deprecated: true }) });
  expect(book.factsOf(openai, "unheard-of")).toEqual({ contextWindow: 77_000, deprecated: true });
  expect(book.factsOf(openai, "gpt-4.1").contextWindow).toBe(1_047_576);
});

test("a model is looked up once", () => {
  const prices = listing();
  const book = createModelBook({ prices });
  const first = book.priceOf(openai, "gpt-5", 0);
  expect(book.priceOf(openai, "gpt-5", 1e15)).toBe(first);
  book.factsOf(openai, "gpt-5");
  expect(prices.asked()).toBe(1);
});

test("a price that changes is looked up again for another time", () => {
  const prices = listing({ validUntilMs: 60_000 });
  const book = createModelBook({ prices });
  for (const atMs of [59_998, 59_999, 60_000, 60_000 - 1e9]) book.priceOf(openai, "gpt-5", atMs);
  expect(prices.asked()).toBe(3);
});

test("names that a client invents do not fill memory: the same name is looked up again after thousands of others", () => {
  const prices = listing();
  const book = createModelBook({ prices });
  for (let at = 0; at < 2_001; at++) book.priceOf(openai, `invented-${at}`, 0);
  book.priceOf(openai, "invented-0", 0);
  expect(prices.asked()).toBe(2_002);
});

test("a name too long to be one is neither looked up nor kept", () => {
  const prices = listing();
  const book = createModelBook({ prices, overrides: [{ match: "*", price: row(3) }] });
  const endless = "/".repeat(1_000_000);
  expect(book.priceOf(openai, endless, 0)).toBeUndefined();
  expect(book.priceOf(ollama, endless, 0)).toEqual(row(0));
  expect(book.factsOf(openai, endless)).toEqual({});
  expect(prices.asked()).toBe(0);
});
