import { expect, test } from "vitest";
import { densestText } from "./densest-text.ts";

test("a short text may be twice as dense as usual, a long one hardly denser", () => {
  expect([0, 1, 16, 400, 10_000].map(densestText)).toEqual([0, 5, 32, 480, 10_400]);
});
