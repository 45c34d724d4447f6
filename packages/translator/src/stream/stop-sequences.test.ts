import fc from "fast-check";
import { expect, test } from "vitest";
import { StopSequences } from "./stop-sequences.ts";

function run(pieces: readonly string[], sequences: readonly string[]): { text: string; matched: string | undefined } {
  const stops = new StopSequences(sequences);
  const text = pieces.map((piece) => stops.take(piece)).join("");
  return { text: text + stops.end(), matched: stops.matched };
}

const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
const sequences = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 4 }), { maxLength: 4 });

test("PR-09: the text ends where a sequence begins, and never later, however it is cut", () => {
  fc.assert(
    fc.property(fc.array(letters), sequences, (pieces, stops) => {
      const { text, matched } = run(pieces, stops);
      const whole = pieces.join("");
      expect(whole.startsWith(text)).toBe(true);
      if (matched === undefined) {
        expect(text).toBe(whole);
        for (const stop of stops) expect(stop !== "" && whole.includes(stop)).toBe(false);
      } else {
        expect(whole.startsWith(text + matched)).toBe(true);
        for (const stop of stops) expect(stop !== "" && text.includes(stop)).toBe(false);
      }
    }),
  );
});

test("what may begin a sequence waits for the next piece", () => {
  const stops = new StopSequences(["</end>"]);
  expect(stops.take("a </e")).toBe("a ");
  expect(stops.take("m> b")).toBe("</em> b");
  expect(stops.take(" </end> c")).toBe(" ");
  expect(stops.matched).toBe("</end>");
  expect(stops.take("d")).toBe("");
  expect(stops.end()).toBe("");
});
