import { beforeAll, describe, expect, test } from "vitest";
import { costOf } from "./cost-of.ts";
import { createModelBook, type ModelBook } from "./model-book.ts";
import { loadPriceList } from "./price-list.ts";
import type { PriceRow, TokenRates } from "./price-row.ts";

/** A Wednesday, and an hour at which DeepSeek is off its peak. */
const noon = Date.parse("2026-11-25T12:00:00Z");
let book: ModelBook;
beforeAll(async () => {
  book = createModelBook({ prices: await loadPriceList() });
});

function priceOf(kind: string, model: string, atMs = noon): PriceRow | undefined {
  return book.priceOf({ name: kind, entry: { id: kind } }, model, atMs);
}

/** Rates in USD per million tokens, as vendors print them. */
function usd(rates: TokenRates | undefined, ...kinds: (keyof TokenRates)[]): (number | undefined)[] {
  return kinds.map((kind) => rates && rates[kind] / 1_000_000_000);
}

/** Input and output in USD per million tokens, of the vendors' price pages in autumn 2026. */
const listed: readonly [kind: string, model: string, ...prices: number[]][] = [
  ["anthropic", "claude-fable-5-1", 10, 50],
  ["anthropic", "claude-opus-5-5", 4, 20],
  ["anthropic", "claude-opus-5-5-20261101", 4, 20],
  ["anthropic", "claude-opus-5", 5, 25],
  ["anthropic", "claude-opus-4-6", 5, 25],
  ["anthropic", "claude-opus-4-1-20250805", 15, 75],
  ["anthropic", "claude-sonnet-5-5", 2, 10],
  ["anthropic", "claude-sonnet-5", 2, 10],
  ["anthropic", "claude-sonnet-4-6", 3, 15],
  ["anthropic", "claude-sonnet-4-5-20250929", 3, 15],
  ["anthropic", "claude-haiku-5-5", 0.1, 0.5],
  ["anthropic", "claude-haiku-4-5-20251001", 1, 5],
  ["bedrock", "eu.anthropic.claude-sonnet-4-6-v1:0", 3.3, 16.5],
  ["bedrock", "us.anthropic.claude-opus-4-6-v1", 5.5, 27.5],
  ["bedrock", "us.anthropic.claude-opus-5-5", 4.4, 22],
  ["bedrock", "anthropic.claude-opus-5", 5.5, 27.5],
  ["bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", 1, 5],
  ["bedrock", "jp.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3, 16.5],
  ["bedrock", "ca.anthropic.claude-sonnet-5", 2.2, 11],
  ["bedrock", "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6", 3.3, 16.5],
  ["bedrock", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5", 2.2, 11],
  ["bedrock-converse", "us.amazon.nova-2-lite-v1:0", 0.33, 2.75],
  ["bedrock-converse", "amazon.nova-pro-v1:0", 0.8, 3.2],
  ["bedrock-converse", "us.deepseek.r1-v1:0", 1.35, 5.4],
  ["bedrock-converse", "us.meta.llama4-maverick-17b-instruct-v1:0", 0.24, 0.97],
  ["bedrock-converse", "qwen.qwen3-coder-480b-a35b-v1:0", 0.45, 1.8],
  ["bedrock-converse", "openai.gpt-oss-120b-1:0", 0.15, 0.6],
  ["bedrock-converse", "mistral.mistral-large-3-675b-instruct", 0.5, 1.5],
  ["vertex", "claude-sonnet-4-5@20250929", 3, 15],
  ["vertex", "claude-haiku-4-5@20251001", 1, 5],
  ["vertex", "claude-opus-4-5@20251101", 5, 25],
  ["vertex", "claude-opus-5-5", 4, 20],
  ["vertex", "publishers/anthropic/models/claude-sonnet-4-6", 3, 15],
  ["vertex", "gemini-2.5-pro", 1.25, 10],
  ["gemini", "gemini-2.5-pro", 1.25, 10],
  ["gemini", "models/gemini-2.5-flash", 0.3, 2.5],
  ["gemini", "gemini-2.5-flash-lite", 0.1, 0.4],
  ["gemini", "gemini-3-pro-preview", 2, 12],
  ["gemini", "gemini-3.6-flash", 0.75, 3.75],
  ["openai", "gpt-5", 1.25, 10],
  ["openai", "gpt-5.2", 1.75, 14],
  ["openai", "gpt-5.4-mini", 0.75, 4.5],
  ["openai", "gpt-5.4-2026-03-05", 2.5, 15],
  ["openai", "gpt-5.6", 4, 20],
  ["openai", "gpt-6.2-sol", 2, 10],
  ["openai", "gpt-5.1-codex-max", 1.25, 10],
  ["openai", "gpt-4o-2024-08-06", 2.5, 10],
  ["openai", "gpt-4.1", 2, 8],
  ["openai", "o4-mini-2025-04-16", 1.1, 4.4],
  ["openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", 0.3, 1.2],
  ["azure", "gpt-5-mini", 0.25, 2],
  ["foundry", "claude-opus-4-6", 5, 25],
  ["openrouter", "anthropic/claude-sonnet-5", 2, 10],
  ["openrouter", "anthropic/claude-haiku-4.5", 1, 5],
  ["openrouter", "z-ai/glm-4.6", 0.43, 1.74],
  ["openrouter", "moonshotai/kimi-k2.5", 0.4, 1.9],
  ["openrouter", "qwen/qwen3-coder", 0.22, 1.8],
  ["openrouter", "deepseek/deepseek-r1:free", 0, 0],
  ["deepseek", "deepseek-flash", 0.15, 0.6],
  ["deepseek", "deepseek-v4-pro", 0.66, 1.98],
  ["mistral", "mistral-medium-latest", 1.5, 7.5],
  ["mistral", "codestral-latest", 0.3, 0.9],
  ["xai", "grok-4", 3, 15],
  ["xai", "grok-code-fast-1", 0.2, 1.5],
  ["groq", "openai/gpt-oss-120b", 0.15, 0.6],
  ["groq", "llama-3.3-70b-versatile", 0.59, 0.79],
  ["cerebras", "gpt-oss-120b", 0.35, 0.75],
  ["cerebras", "zai-glm-4.7", 2.25, 2.75],
  ["fireworks", "accounts/fireworks/models/kimi-k2p5", 0.6, 3],
  ["cohere", "command-a-03-2025", 2.5, 10],
  ["perplexity", "sonar-pro", 3, 15],
  ["moonshot", "kimi-k2.5", 0.6, 3],
  ["minimax", "MiniMax-M2.5", 0.3, 1.2],
  ["zai", "glm-5.2", 1.4, 4.4],
  ["cloudflare", "@cf/openai/gpt-oss-120b", 0.35, 0.75],
];

test.each(listed)("%s/%s costs %d in and %d out", (kind, model, ...prices) => {
  expect(usd(priceOf(kind, model)?.bands[0].rates, "input", "output")).toEqual(prices);
});

describe("a model without a price is not free:", () => {
  test.each([
    ["azure", "my-deployment"],
    ["azure", "gpt-5-prod"],
    ["bedrock", "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6"],
    ["openai", "ft:gpt-4.1-2025-04-14:acme::x"],
    ["openai", "gpt-99"],
    ["openai", "text-embedding-3-large"],
    ["openrouter", "openrouter/auto"],
    ["openrouter", "nobody/knows:free"],
    ["openrouter", "anthropic/claude-sonnet-4.6:nitro"],
    ["cerebras", "qwen-3-coder-480b"],
    ["gemini", "gemini-flash-latest"],
    ["openai-chat", "gpt-5"],
    ["anthropic-messages", "claude-opus-5"],
    ["constructor", "gpt-5"],
  ])("%s/%s", (kind, model) => {
    expect(priceOf(kind, model)).toBeUndefined();
  });
});

describe("prices of caches", () => {
  test("are those that the vendor prints", () => {
    const rates = priceOf("anthropic", "claude-opus-5-5")?.bands[0].rates;
    expect(usd(rates, "cacheRead", "cacheWrite5m", "cacheWrite1h")).toEqual([0.2, 5, 8]);
  });

  test("of writes for an hour are twice the input where the list has only those for minutes", () => {
    const rates = priceOf("bedrock", "eu.anthropic.claude-sonnet-4-6")?.bands[0].rates;
    expect(usd(rates, "cacheRead", "cacheWrite5m", "cacheWrite1h")).toEqual([0.33, 4.125, 6.6]);
  });

  test("are those of fresh input where the vendor names none", () => {
    const rates = priceOf("groq", "llama-3.3-70b-versatile")?.bands[0].rates;
    expect(usd(rates, "cacheRead", "cacheWrite5m", "cacheWrite1h")).toEqual([0.59, 0.59, 0.59]);
  });
});

describe("a price", () => {
  const used = {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 0,
    webSearchRequests: 0,
  };

  test("below a nano-USD a token is counted to the last token", () => {
    const row = priceOf("deepseek", "deepseek-v4-pro");
    expect(row && costOf(row, { ...used, cacheReadTokens: 1 }).nanoUsd).toBe(22);
    const flash = priceOf("deepseek", "deepseek-flash");
    expect(flash && costOf(flash, { ...used, cacheReadTokens: 1_000 }).nanoUsd).toBe(3_000);
  });

  test("of a long input holds for all of its tokens, cached ones counting for the length", () => {
    const row = priceOf("gemini", "gemini-2.5-pro");
    const short = { ...used, inputTokens: 100_000, cacheReadTokens: 100_000, outputTokens: 1_000 };
    expect(row && costOf(row, short)).toEqual({
      nanoUsd: 147_500_000,
      parts: { input: 125_000_000, cacheRead: 12_500_000, cacheWrite: 0, output: 10_000_000, calls: 0 },
    });
    expect(row && costOf(row, { ...short, inputTokens: 100_001 }).nanoUsd).toBe(250_002_500 + 25_000_000 + 15_000_000);
  });

  test("has what searches and requests cost by the piece", () => {
    const claude = priceOf("anthropic", "claude-opus-5-5");
    expect(claude && costOf(claude, { ...used, webSearchRequests: 3 }).nanoUsd).toBe(30_000_000);
    const sonar = priceOf("perplexity", "sonar-pro");
    expect(sonar && costOf(sonar, used).nanoUsd).toBe(14_000_000);
  });

  test.each<readonly [string, readonly string[], number]>([
    ["openai/gpt-5", [], 1_250_000_000],
    ["openai/gpt-5", ["default"], 1_250_000_000],
    ["openai/gpt-5", ["flex"], 625_000_000],
    ["openai/gpt-5", ["priority"], 2_500_000_000],
    ["openai/gpt-5", ["fast"], 2_500_000_000],
    ["openai/gpt-5", ["toString"], 1_250_000_000],
    ["openai/gpt-5", ["flex", "flex"], 625_000_000],
    ["anthropic/claude-opus-5", ["fast"], 10_000_000_000],
    ["anthropic/claude-opus-4-6", ["fast"], 30_000_000_000],
    ["anthropic/claude-opus-5", ["us"], 5_500_000_000],
    ["anthropic/claude-opus-5", ["fast", "us"], 11_000_000_000],
    ["anthropic/claude-opus-5", ["priority"], 5_000_000_000],
  ])("of a million tokens of input of %s in the tiers %j is %d", (name, tiers, expected) => {
    const [kind = "", model = ""] = name.split("/");
    const row = priceOf(kind, model);
    expect(row && costOf(row, { ...used, inputTokens: 1_000_000, tiers }).nanoUsd).toBe(expected);
  });

  test("follows the hour of the day and the date", () => {
    const input = (model: string, at: string): (number | undefined)[] =>
      usd(priceOf("deepseek", model, Date.parse(at))?.bands[0].rates, "input", "cacheRead");
    expect(input("deepseek-flash", "2026-11-25T00:59:59Z")).toEqual([0.15, 0.003]);
    expect(input("deepseek-flash", "2026-11-25T01:00:00Z")).toEqual([0.3, 0.006]);
    expect(input("deepseek-flash", "2026-11-25T04:00:00Z")).toEqual([0.15, 0.003]);
    const sonnet = (at: string): (number | undefined)[] =>
      usd(priceOf("anthropic", "claude-sonnet-5-5", Date.parse(at))?.bands[0].rates, "cacheRead");
    expect([sonnet("2026-10-06T23:59:59Z"), sonnet("2026-10-07T00:00:00Z")]).toEqual([[0.2], [0.1]]);
  });
});
