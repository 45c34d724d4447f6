import fc from "fast-check";
import { expect, test } from "vitest";
import { splice } from "./splice.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("gives back the very same array when there is nothing to change", () => {
  const body = encode("{}");
  expect(splice(body, [])).toBe(body);
});

test("replaces, removes and inserts, in whatever order the edits come", () => {
  const edits = [
    { span: { start: 6, end: 9 }, text: undefined },
    { span: { start: 0, end: 3 }, text: "één" },
    { span: { start: 3, end: 3 }, text: "+" },
  ];
  expect(decode(splice(encode("onetwothree"), edits))).toBe("één+twoee");
});

test("lets the outer of two edits win", () => {
  const edits = [
    { span: { start: 2, end: 3 }, text: "inner" },
    { span: { start: 1, end: 5 }, text: "-" },
    { span: { start: 1, end: 2 }, text: "narrow" },
  ];
  expect(decode(splice(encode("abcdefg"), edits))).toBe("a-fg");
});

test("leaves every byte outside the edits as it was", () => {
  const body = fc.uint8Array({ minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(body, fc.array(fc.nat(80), { maxLength: 8 }), (bytes, cuts) => {
      const bounds = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].toSorted((a, b) => a - b);
      const edits = [];
      const expected: number[] = [];
      let kept = 0;
      for (let index = 0; index + 1 < bounds.length; index += 2) {
        const start = bounds[index] ?? 0;
        const end = bounds[index + 1] ?? 0;
        edits.push({ span: { start, end }, text: "<x>" });
        expected.push(...bytes.subarray(kept, start), ...encode("<x>"));
        kept = end;
      }
      expected.push(...bytes.subarray(kept));
      expect([...splice(bytes, edits)]).toEqual(expected);
    }),
  );
});

test("memory that threads share is copied, because fetch takes none", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  shared.set([0x7b, 0x7d]);
  const copied = splice(shared, []);
  expect([...copied]).toEqual([0x7b, 0x7d]);
  expect(copied.buffer).toBeInstanceOf(ArrayBuffer);
});
