import { expect, test } from "vitest";
import { demandOf, leastDemand, quantityIn } from "./demand.ts";

const most = Number.MAX_SAFE_INTEGER;

test.each([
  { nanoUsd: -1, inputTokens: 0, outputTokens: 0 },
  { nanoUsd: 0.5, inputTokens: 0, outputTokens: 0 },
  { nanoUsd: Number.NaN, inputTokens: 0, outputTokens: 0 },
  { nanoUsd: most + 1, inputTokens: 0, outputTokens: 0 },
  { nanoUsd: 0, inputTokens: -1, outputTokens: 0 },
  { nanoUsd: 0, inputTokens: 0, outputTokens: Number.POSITIVE_INFINITY },
  // Each can be counted, but not both together.
  { nanoUsd: 0, inputTokens: most, outputTokens: 1 },
])("amounts that cannot be counted exactly are refused: %j", (amounts) => {
  expect(() => demandOf(amounts, 1)).toThrow(expect.objectContaining({ code: "invalid-reservation" }));
});

test("the largest amounts that can be counted are taken", () => {
  const demand = demandOf({ nanoUsd: most, inputTokens: most - 1, outputTokens: 1 }, 1);
  expect([quantityIn(demand, "totalTokens"), quantityIn(demand, "requests")]).toEqual([most, 1]);
});

test("of two demands the smaller is taken amount by amount", () => {
  const first = demandOf({ nanoUsd: 5, inputTokens: 1, outputTokens: 9 }, 1);
  expect(leastDemand(first, { nanoUsd: 4, inputTokens: 2, outputTokens: 8 })).toEqual({
    requests: 1,
    nanoUsd: 4,
    inputTokens: 1,
    outputTokens: 8,
  });
});
