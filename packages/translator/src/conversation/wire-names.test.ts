import fc from "fast-check";
import { expect, test } from "vitest";
import { openaiNames, WireNames } from "./wire-names.ts";

const names = fc.array(fc.oneof(fc.string({ maxLength: 90 }), fc.constantFrom("a.b", "a_b", "", "x".repeat(70))));

test("TD-20 TD-21 TD-22: any names become distinct legal ones that read back", () => {
  fc.assert(
    fc.property(names, (given) => {
      const wire = new WireNames(openaiNames);
      wire.reserve(given);
      const distinct = [...new Set(given)];
      const made = distinct.map((name) => wire.toWire(name));
      expect(new Set(made).size).toBe(distinct.length);
      const renamed = wire.renamed();
      expect(made.map((name) => renamed.get(name) ?? name)).toEqual(distinct);
      for (const name of made) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    }),
  );
});

test("TD-21: a name that a hash would give already makes way in one fixed way", () => {
  const first = new WireNames(openaiNames).toWire("a.b");
  const mapped = [0, 1].map(() => {
    const wire = new WireNames(openaiNames);
    wire.reserve([first]);
    return wire.toWire("a.b");
  });
  expect(mapped[0]).not.toBe(first);
  expect(mapped[0]).toBe(mapped[1]);
});
