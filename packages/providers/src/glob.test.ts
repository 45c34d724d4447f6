import * as fc from "fast-check";
import { expect, test } from "vitest";
import { globTest } from "./glob.ts";

test.each([
  ["gpt-5*", "gpt-5", true],
  ["gpt-5*", "gpt-5.2-mini", true],
  ["gpt-5*", "gpt-4", false],
  ["*", "", true],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["*b*", "abc", true],
  ["a*b*c", "acb", false],
  ["a*b*c", "a-b-b-c", true],
  ["GPT-*", "gpt-4", true],
  ["exact", "exact", true],
  ["exact", "exactly", false],
  ["a.c", "abc", false],
])("%s against %s: %s", (pattern, name, expected) => {
  expect(globTest([pattern])(name)).toBe(expected);
});

test("agrees with the regular expression that means the same", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  fc.assert(
    fc.property(word, name, (pattern, text) => {
      expect(globTest([pattern])(text)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text));
    }),
  );
});

test("matches when any of the patterns does, and never without one", () => {
  expect(globTest(["a*", "b*"])("beta")).toBe(true);
  expect(globTest([])("beta")).toBe(false);
});
