import { expect, test } from "vitest";
import { hashText, rendezvousScore } from "./rendezvous.ts";
import { chiSquare } from "../test/dispatch/fit.ts";

const sessions = Array.from({ length: 20_000 }, (_, index) => hashText(`session-${index}`));

function holderOf(seed: number, weights: Readonly<Record<string, number>>): string {
  const scores = Object.entries(weights).map(([name, weight]) => ({
    name,
    score: rendezvousScore(seed, hashText(name), weight),
  }));
  return scores.reduce((best, next) => (next.score > best.score ? next : best)).name;
}

function holders(weights: Readonly<Record<string, number>>): string[] {
  return sessions.map((seed) => holderOf(seed, weights));
}

// The limits are the 99.9th percentiles of chi-square at so many degrees of freedom.
test.each([
  [{ a: 1, b: 1 }, 10.83],
  [{ a: 1, b: 1, c: 1, d: 1 }, 16.27],
  [{ a: 70, b: 20, c: 10 }, 13.82],
  [{ "one/big": 0.5, "two/big": 1.5 }, 10.83],
])("each of %o gets its share of the sessions", (weights: Record<string, number>, limit) => {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const held = holders(weights);
  const counts = Object.keys(weights).map((name) => held.filter((holder) => holder === name).length);
  const expected = Object.values(weights).map((weight) => (weight / total) * sessions.length);
  expect(chiSquare(counts, expected)).toBeLessThan(limit);
});

test("credentials of a target hold sessions independently of the targets", () => {
  const targets = holders({ "one/big": 1, "two/big": 1 });
  const keys = holders({ key: 1, spare: 1 });
  const both = targets.filter((holder, index) => holder === "one/big" && keys[index] === "key").length;
  expect(Math.abs(both / sessions.length - 0.25)).toBeLessThan(0.015);
});

test("one that leaves gives its own sessions away and moves no other", () => {
  const before = holders({ a: 1, b: 2, c: 1 });
  const after = holders({ a: 1, b: 2 });
  expect(before.filter((holder, index) => holder !== "c" && holder !== after[index])).toEqual([]);
});

test("a weight that grows draws sessions to itself and moves none between others", () => {
  const before = holders({ a: 1, b: 1, c: 1 });
  const after = holders({ a: 1, b: 1, c: 2 });
  const moved = before.flatMap((holder, index) => (holder === after[index] ? [] : [after[index]]));
  expect(new Set(moved)).toEqual(new Set(["c"]));
  expect(Math.abs(moved.length / sessions.length - 1 / 6)).toBeLessThan(0.015);
});
