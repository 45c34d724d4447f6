import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlob } from "./compile-glob.ts";
import { globIndex } from "./glob-index.ts";

const signs = fc.constantFrom("a", "b", "-", "*");

test("finds the same as trying one after the other", () => {
  const patterns = fc.array(fc.string({ unit: signs, minLength: 1, maxLength: 5 }), { maxLength: 12 });
  fc.assert(
    fc.property(patterns, fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 6 }), (texts, name) => {
      const entries = texts.map((pattern) => ({ glob: compileGlob(pattern) }));
      expect(globIndex(entries)(name)).toBe(entries.find(({ glob }) => glob.matches(name)));
    }),
    { numRuns: 3_000 },
  );
});
