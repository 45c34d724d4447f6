import { expect, test } from "vitest";
import { boundedCache } from "./bounded-cache.ts";

test("makes a value once as long as there is room, and again for one that had to go", () => {
  const cache = boundedCache<string, string>(2);
  const made: string[] = [];
  const take = (key: string): string =>
    cache.take(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  expect(["a", "b", "a", "c", "b", "a"].map(take)).toEqual(["A", "B", "A", "C", "B", "A"]);
  expect(made).toEqual(["a", "b", "c", "a"]);
});

test("makes a value again that does not hold any more, and asks again where there was none", () => {
  const cache = boundedCache<string, number | undefined>(2);
  let made = 0;
  const take = (least: number): number | undefined =>
    cache.take(
      "a",
      () => (made += 1),
      (value) => value !== undefined && value >= least,
    );
  expect([take(1), take(1), take(2), take(1)]).toEqual([1, 1, 2, 2]);
  expect([cache.take("b", () => undefined), cache.take("b", () => 7), cache.take("b", () => 8)]).toEqual([
    undefined,
    7,
    7,
  ]);
});
