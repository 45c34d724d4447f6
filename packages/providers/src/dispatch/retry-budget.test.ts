import fc from "fast-check";
import { expect, test } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

const settings = { retryShare: 0.2, retriesPerSecond: 2 };

test("a quiet upstream may be sent three repeats at once", () => {
  const budget = new RetryBudget(settings, 0);
  expect([1, 2, 3, 4].map(() => budget.spend(0))).toEqual([true, true, true, false]);
  expect(budget.spend(500)).toBe(true);
});

test("over any time the repeats stay within the share of the requests and the few of each second", () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat(200), spend: fc.boolean() }), { maxLength: 2_000 });
  fc.assert(
    fc.property(steps, (list) => {
      const budget = new RetryBudget(settings, 0);
      let nowMs = 0;
      let requests = 0;
      let repeats = 0;
      for (const { waitMs, spend } of list) {
        nowMs += waitMs;
        if (!spend) {
          requests += 1;
          budget.earn();
        } else if (budget.spend(nowMs)) repeats += 1;
      }
      return repeats <= 0.2 * requests + 2 * (nowMs / 1_000) + 3 + 1e-6;
    }),
  );
});
