import fc from "fast-check";
import { expect, test } from "vitest";
import { twins } from "./twins.ts";

test("finds each item whose text an earlier one has, with the first that has it", () => {
  const texts = fc.array(fc.constantFrom("a", "b", "c", "d", undefined), { maxLength: 8 });
  fc.assert(
    fc.property(texts, (items) => {
      const expected = items.flatMap((text, index) => {
        const first = items.indexOf(text);
        return text !== undefined && first < index ? [{ index, first }] : [];
      });
      expect(twins(items, (text) => text)).toEqual(expected);
    }),
  );
});
