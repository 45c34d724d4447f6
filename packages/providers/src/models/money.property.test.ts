import { findProvider } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundOf } from "./bound-of.ts";
import { costOf, type PricedUsage } from "./cost-of.ts";
import { fillRates } from "./fill-rates.ts";
import { freeRow } from "./free-row.ts";
import { loadPriceList } from "./price-list.ts";
import type { PriceBand, PriceRow, TokenRates } from "./price-row.ts";

const isCampaign = process.env["DRAWBRIDGE_CAMPAIGN"] === "1";
const patienceMs = isCampaign ? 1_200_000 : 20_000;

/** Up to 1,000 USD per million tokens, with the awkward digits more often than chance has them. */
const rate = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000_000_000 }),
  fc.integer({ min: 0, max: 3_000_001 }),
  fc.constantFrom(0, 1, 999_999, 1_000_000, 1_000_001, 3_000_000_000, 999_999_999_999),
);
const rates: fc.Arbitrary<TokenRates> = fc.record({
  input: rate,
  cacheRead: rate,
  cacheWrite5m: rate,
  cacheWrite1h: rate,
  output: rate,
});
const row: fc.Arbitrary<PriceRow> = fc
  .record({
    first: rates,
    longer: fc.uniqueArray(fc.record({ aboveInputTokens: fc.integer({ min: 0, max: 400_000 }), rates }), {
      maxLength: 3,
      selector: ({ aboveInputTokens }) => aboveInputTokens,
    }),
    perRequestNanoUsd: fc.integer({ min: 0, max: 1_000_000_000 }),
    perWebSearchNanoUsd: fc.integer({ min: 0, max: 100_000_000 }),
    tiers: fc.record({
      flex: fc.constant(500),
      priority: fc.integer({ min: 1_001, max: 9_000 }),
      us: fc.constant(1_111),
    }),
  })
  .map(({ first, longer, ...rest }) => {
    const sorted: PriceBand[] = longer.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens);
    return { ...rest, bands: [{ aboveInputTokens: -1, rates: first }, ...sorted] };
  });
const tokens = fc.oneof(fc.integer({ min: 0, max: 3_000_000 }), fc.integer({ min: 0, max: 12 }));
const usage: fc.Arbitrary<PricedUsage> = fc.record({
  inputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWrite5mTokens: tokens,
  cacheWrite1hTokens: tokens,
  outputTokens: tokens,
  webSearchRequests: fc.integer({ min: 0, max: 20 }),
  tiers: fc.constantFrom([], ["standard"], ["flex"], ["standard", "priority"], ["us", "priority", "us"]),
});

function allInput(used: PricedUsage): number {
  return used.inputTokens + used.cacheReadTokens + used.cacheWrite5mTokens + used.cacheWrite1hTokens;
}

/** One nano-USD as what {@link exact} counts in. */
const scale = 1_000_000n * 1_000n ** 2n;

/** The exact cost, by arithmetic that cannot round. */
function exact(priced: PriceRow, used: PricedUsage): bigint {
  const band = priced.bands.findLast(({ aboveInputTokens }) => allInput(used) > aboveInputTokens) ?? priced.bands[0];
  const products: [number, number][] = [
    [used.inputTokens, band.rates.input],
    [used.cacheReadTokens, band.rates.cacheRead],
    [used.cacheWrite5mTokens, band.rates.cacheWrite5m],
    [used.cacheWrite1hTokens, band.rates.cacheWrite1h],
    [used.outputTokens, band.rates.output],
  ];
  const inTokens = products.reduce((sum, [count, each]) => sum + BigInt(count) * BigInt(each), 0n);
  const { us = 0, priority = 0, flex = 0 } = priced.tiers;
  const named = new Set(used.tiers);
  const regional = named.has("us") ? us : 1_000;
  const served = named.has("priority") ? priority : named.has("flex") ? flex : 1_000;
  const calls = BigInt(priced.perRequestNanoUsd) + BigInt(priced.perWebSearchNanoUsd) * BigInt(used.webSearchRequests);
  return inTokens * BigInt(regional) * BigInt(served) + calls * scale;
}

describe("a cost", () => {
  test(
    "L-01: is a whole number, the sum of its parts, never below the exact cost and less than a nano-USD above",
    () => {
      fc.assert(
        fc.property(row, usage, (priced, used) => {
          const { nanoUsd, parts } = costOf(priced, used);
          expect(Number.isSafeInteger(nanoUsd)).toBe(true);
          expect(Object.values(parts).reduce((sum, part) => sum + part)).toBe(nanoUsd);
          const above = BigInt(nanoUsd) * scale - exact(priced, used);
          expect(above >= 0n && above < scale).toBe(true);
        }),
        { numRuns: isCampaign ? 1_000_000 : 2_000 },
      );
    },
    patienceMs,
  );

  test(
    "L-15: of anything a provider may report is no less than nothing and never NaN",
    () => {
      const odd = fc.oneof(tokens, fc.double(), fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY, 1e300, 0.5));
      const oddUsage = fc.record({
        inputTokens: odd,
        cacheReadTokens: odd,
        cacheWrite5mTokens: odd,
        cacheWrite1hTokens: odd,
        outputTokens: odd,
        webSearchRequests: odd,
      });
      fc.assert(
        fc.property(row, oddUsage, (priced, used) => {
          const { nanoUsd } = costOf(priced, used);
          expect(Number.isSafeInteger(nanoUsd) && nanoUsd >= 0).toBe(true);
        }),
        { numRuns: isCampaign ? 100_000 : 1_000 },
      );
    },
    patienceMs,
  );
});

/** All that the list of prices has of these vendors and clouds. */
async function listedRows(): Promise<readonly PriceRow[]> {
  const list = await loadPriceList();
  const vendors = [
    "anthropic",
    "openai",
    "google",
    "aws",
    "azure",
    "openrouter",
    "mistral",
    "groq",
    "deepseek",
    "x-ai",
  ];
  return vendors.flatMap((vendor) =>
    (findProvider({ providerId: vendor })?.models ?? []).flatMap(
      ({ id }) => list.find(vendor, id, Date.parse("2026-11-30T12:00:00Z"))?.price ?? [],
    ),
  );
}

test("a token that was begun counts as a whole one, and what is no count as none", () => {
  const each: PriceRow = {
    ...freeRow,
    bands: [{ aboveInputTokens: -1, rates: { ...freeRow.bands[0].rates, output: 1e6 } }],
  };
  const nothing = {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    webSearchRequests: 0,
  };
  const cost = (outputTokens: number): number => costOf(each, { ...nothing, outputTokens }).nanoUsd;
  expect([2, 2.1, 3, -1, Number.NaN, 1e300].map(cost)).toEqual([2, 3, 3, 0, 0, 100_000_000]);
});

describe("a bound", () => {
  test("takes the price of long inputs from the first token beyond the others", () => {
    const flat = (input: number): TokenRates => fillRates({ input: input * 1e6, output: 0 });
    const bands: PriceRow["bands"] = [
      { aboveInputTokens: -1, rates: flat(1) },
      { aboveInputTokens: 200_000, rates: flat(2) },
    ];
    const bound = (inputTokens: number): number => boundOf({ ...freeRow, bands }, { inputTokens, outputTokens: 0 });
    expect([bound(200_000), bound(200_001)]).toEqual([200_000, 400_002]);
  });

  test("L-13: is never below the cost of what it is for, at every price of the list", async () => {
    const rows = await listedRows();
    const usages = fc.sample(usage, isCampaign ? 500 : 20);
    let compared = 0;
    for (const listed of rows) {
      for (const used of usages) {
        const { outputTokens, webSearchRequests, tiers } = used;
        const bound = boundOf(listed, { inputTokens: allInput(used), outputTokens, webSearchRequests, tiers });
        if (bound < costOf(listed, used).nanoUsd) expect([listed, used]).toBe("covered");
        compared += 1;
      }
    }
    expect(rows.length).toBeGreaterThan(200);
    expect(compared).toBe(rows.length * usages.length);
  });

  test(
    "L-13: is never below the cost of any usage within it, however its input is split",
    () => {
      fc.assert(
        fc.property(row, usage, fc.tuple(tokens, tokens), (priced, used, [spareInput, spareOutput]) => {
          const bound = boundOf(priced, {
            inputTokens: allInput(used) + spareInput,
            outputTokens: used.outputTokens + spareOutput,
            webSearchRequests: used.webSearchRequests,
            tiers: used.tiers,
          });
          expect(Number.isSafeInteger(bound)).toBe(true);
          expect(bound).toBeGreaterThanOrEqual(costOf(priced, used).nanoUsd);
        }),
        { numRuns: isCampaign ? 50_000 : 2_000 },
      );
    },
    patienceMs,
  );

  test("is no less for more input or more output", () => {
    fc.assert(
      fc.property(row, fc.tuple(tokens, tokens), fc.tuple(tokens, tokens), (priced, some, more) => {
        const [inputTokens, outputTokens] = some;
        const less = boundOf(priced, { inputTokens, outputTokens });
        const larger = { inputTokens: inputTokens + more[0], outputTokens: outputTokens + more[1] };
        expect(boundOf(priced, larger)).toBeGreaterThanOrEqual(less);
      }),
      { numRuns: 2_000 },
    );
  });

  test("of a model that costs nothing is nothing", () => {
    expect(boundOf(freeRow, { inputTokens: 1_000_000, outputTokens: 64_000 })).toBe(0);
  });
});
