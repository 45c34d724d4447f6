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
      const made = texts.map((piece) => {
        bytes.add(piece);
        return bytes.take();
      });
      expect(made).toEqual(texts.map((piece) => new TextEncoder().encode(piece)));
    }),
  );
});

test("texts that are taken together become the bytes of all of them, one after the other", () => {
  const lines = fc.array(fc.array(text, { maxLength: 12 }), { maxLength: 6 });
  fc.assert(
    fc.property(lines, (taken) => {
      const bytes = new TextBytes();
      const made = taken.map((texts) => {
        for (const piece of texts) bytes.add(`${piece}\n`);
        return bytes.take();
      });
      expect(made).toEqual(taken.map((texts) => new TextEncoder().encode(texts.map((piece) => `${piece}\n`).join(""))));
    }),
  );
});
