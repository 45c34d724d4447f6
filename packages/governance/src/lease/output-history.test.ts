import { expect, test } from "vitest";
import { OutputHistory } from "./output-history.ts";

const history = (...answers: readonly (readonly [count: number, tokens: number])[]): OutputHistory => {
  const made = new OutputHistory();
  for (const [count, tokens] of answers) for (let index = 0; index < count; index++) made.add("k", tokens);
  return made;
};

test("tells what 95 of 100 answers stayed below, to a quarter", () => {
  for (const tokens of [1, 2, 100, 800, 64_000]) {
    const p95 = history([95, tokens], [5, 100_000]).p95("k");
    expect(p95).toBeGreaterThanOrEqual(tokens);
    expect(p95).toBeLessThanOrEqual(Math.ceil(1.25 * tokens));
  }
  expect(history([94, 10], [6, 5_000]).p95("k")).toBeGreaterThanOrEqual(5_000);
});

test("knows nothing of others, and of answers without a word that there are some", () => {
  const made = history([3, 0]);
  expect([made.p95("other"), made.p95("k")]).toEqual([0, 1]);
});

test("forgets what is long ago", () => {
  const made = history([500, 50_000], [3_000, 100]);
  expect(made.p95("k")).toBeLessThan(130);
});
