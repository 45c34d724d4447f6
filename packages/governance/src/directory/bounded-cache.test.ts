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
