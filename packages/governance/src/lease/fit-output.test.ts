import { expect, test } from "vitest";
import type { Limit } from "../limits/limit.ts";
import { limitScope } from "../limits/limit-scope.ts";
import { fitOutput } from "./fit-output.ts";
import type { LeaseMode } from "./lease-request.ts";

const bound = { inputTokens: 1_000, outputTokens: 8_000, nanoUsd: (output: number) => 2_000 + 3 * output };
const request = { kind: "request" } as const;
const minute = { kind: "rolling", ms: 60_000 } as const;
const fit = (limit: Limit, mode: LeaseMode = "incremental", of = bound) =>
  fitOutput([limitScope({ id: "key a", limits: [limit] })], of, mode);

test.each<[Limit, outputTokens: number]>([
  [{ of: "outputTokens", amount: 8_000, window: request }, 8_000],
  [{ of: "outputTokens", amount: 7_999, window: request }, 7_999],
  // The shortest that is of use.
  [{ of: "outputTokens", amount: 1_024, window: request }, 1_024],
  [{ of: "totalTokens", amount: 3_000, window: request }, 2_000],
  [{ of: "inputTokens", amount: 1_000, window: request }, 8_000],
  [{ of: "nanoUsd", amount: 26_000, window: request }, 8_000],
  [{ of: "nanoUsd", amount: 25_999, window: request }, 7_999],
  [{ of: "nanoUsd", amount: 2_000 + 3 * 1_024, window: request }, 1_024],
])("an answer is made as short as %j wants it: %d", (limit, outputTokens) => {
  expect(fit(limit)).toEqual({ fits: true, outputTokens });
});

test.each<[Limit, need: number]>([
  [{ of: "outputTokens", amount: 1_023, window: request }, 1_024],
  [{ of: "totalTokens", amount: 2_023, window: request }, 2_024],
  [{ of: "totalTokens", amount: 900, window: request }, 2_024],
  [{ of: "inputTokens", amount: 999, window: request }, 1_000],
  [{ of: "nanoUsd", amount: 2_000 + 3 * 1_023, window: request }, 2_000 + 3 * 1_024],
  [{ of: "nanoUsd", amount: 0, window: request }, 2_000 + 3 * 1_024],
])("no answer of use fits into %j, and the least of them needs %d", (limit, need) => {
  expect(fit(limit)).toMatchObject({ fits: false, refusal: { scope: "key a", limit, need } });
});

test("one that asks for less than is of use to others has to fit as it is", () => {
  const short = { ...bound, outputTokens: 10 };
  expect(fit({ of: "outputTokens", amount: 10, window: request }, "strict", short)).toMatchObject({ outputTokens: 10 });
  expect(fit({ of: "outputTokens", amount: 9, window: request }, "strict", short)).toMatchObject({
    fits: false,
    refusal: { need: 10 },
  });
});

test("a rate shortens what is held from the start, and refuses nothing here; a budget over time does neither", () => {
  const rate = (amount: number): Limit => ({ of: "totalTokens", amount, window: minute });
  expect(fit(rate(3_000), "strict")).toEqual({ fits: true, outputTokens: 2_000 });
  expect(fit(rate(2_024), "strict")).toEqual({ fits: true, outputTokens: 1_024 });
  expect(fit(rate(100), "strict")).toEqual({ fits: true, outputTokens: 8_000 });
  expect(fit(rate(3_000), "incremental")).toEqual({ fits: true, outputTokens: 8_000 });
  expect(fit({ of: "nanoUsd", amount: 1, window: minute }, "strict")).toEqual({ fits: true, outputTokens: 8_000 });
});
