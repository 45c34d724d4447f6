import { expect, test } from "vitest";
import { presentedKeys } from "./presented-keys.ts";

test.each([
  ["Bearer sk-db-a", ["sk-db-a"]],
  ["bearer sk-db-a", ["sk-db-a"]],
  ["BEARER  sk-db-a ", ["sk-db-a"]],
  ["Bearer\tsk-db-a\t", ["sk-db-a"]],
  ["Bearer sk-db-a ", ["sk-db-a"]],
  ["Bearer a b", []],
  ["Bearer a\tb", []],
  ["Bearer \ta", ["a"]],
  ["Bearer ", []],
  ["Bearer", []],
  ["Basic YTpi", []],
  ["", []],
])("%j carries the keys %j", (authorization, keys) => {
  expect(presentedKeys({ authorization })).toEqual(keys);
});

test("a bearer token is tried before another key, and the same key once", () => {
  expect(presentedKeys({ authorization: "Bearer a", "x-api-key": " b " })).toEqual(["a", "b"]);
  expect(presentedKeys({ authorization: "Bearer a", "x-api-key": "a" })).toEqual(["a"]);
  expect(presentedKeys({ "x-api-key": "" })).toEqual([]);
});
