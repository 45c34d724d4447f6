import { expect, test } from "vitest";
import { createBetaReader } from "./beta-reader.ts";

test("each header is read for what it names, whatever the one before it did", () => {
  const read = createBetaReader();
  expect(read(undefined)).toEqual([]);
  expect(read("one, two")).toEqual(["one", "two"]);
  expect(read("one, two")).toEqual(["one", "two"]);
  expect(read("one")).toEqual(["one"]);
  expect(read(["one", "three,two"])).toEqual(["one", "three", "two"]);
  expect(read(undefined)).toEqual([]);
});
