import { expect, test } from "vitest";
import { ownValue } from "./own-value.ts";

test("a table has what is written in it, and nothing that every object has", () => {
  const table = { one: 1 };
  expect(["one", "two", "constructor", "__proto__", "toString"].map((name) => ownValue(table, name))).toEqual([
    1,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
