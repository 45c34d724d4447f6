import fc from "fast-check";
import { expect, test } from "vitest";
import { TextBytes } from "./text-bytes.ts";

const letters = fc.string({ unit: "binary", maxLength: 40 });
const text = fc.oneof(
  letters,
  fc.tuple(letters, fc.nat(3_000)).map(([piece, times]) => piece.repeat(times)),
);

test("texts of any length become the bytes that TextEncoder makes, and those stay what they are", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), (texts) => {
      const bytes = new TextBytes();
      const made = texts.map((piece) => bytes.of(piece));
      expect(made).toEqual(texts.map((piece) => new TextEncoder().encode(piece)));
    }),
  );
});
