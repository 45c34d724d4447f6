import { expect, test } from "vitest";
import type { Limit } from "../limits/limit.ts";
import { budgetUse } from "./budget-use.ts";

const usage = (scope: string, used: number, limit: Partial<Limit> = {}) => ({
  scope,
  limit: {
    of: "nanoUsd",
    amount: 100,
    window: { kind: "calendar", unit: "month", timeZone: "UTC" },
    ...limit,
  } as const,
  used,
  held: 50,
  resetsAtMs: undefined,
});

test("each part has the fullest of its budgets, by what is used for sure", () => {
  const use = budgetUse([
    usage("key alice", 10),
    usage("key alice", 30, { window: { kind: "total" } }),
    usage("team payments", 40),
    usage("team payments at openai", 150, { window: { kind: "rolling", ms: 60_000 } }),
    usage("provider openai", 90),
  ]);
  expect(use).toMatchObject({
    used: 1.5,
    key: 0.3,
    team: 1.5,
    user: 0,
    customer: 0,
    month: 0.9,
    total: 0.3,
    rolling: 1.5,
    day: 0,
  });
});

test("only money counts, and no cap on a single request", () => {
  const use = budgetUse([usage("key a", 90, { of: "requests" }), usage("key a", 90, { window: { kind: "request" } })]);
  expect(use.used).toBe(0);
});

test("a budget of nothing is used up", () => {
  expect(budgetUse([usage("key a", 0, { amount: 0 })]).key).toBe(1);
});
