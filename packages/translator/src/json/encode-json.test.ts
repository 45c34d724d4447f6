import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeJson } from "./encode-json.ts";

const text = (value: object): string => new TextDecoder().decode(encodeJson(value));

test("the bytes are those of JSON.stringify, whatever the letters", () => {
  const letters = fc.string({ unit: "binary" });
  const value = fc.dictionary(letters, fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()), letters), { maxKeys: 6 });
  fc.assert(
    fc.property(value, (object) => {
      expect(encodeJson(object)).toEqual(new TextEncoder().encode(JSON.stringify(object)));
    }),
  );
});

test("members that are undefined are left out and entries that are undefined are null", () => {
  const value = { a: undefined, b: [1, undefined, "x"], c: undefined, d: [undefined] };
  expect(text(value)).toBe(JSON.stringify(value));
  expect(text({})).toBe("{}");
  expect(text({ a: undefined })).toBe("{}");
});

test("a text of wide letters that outgrows the first guess is written whole", () => {
  const value = { messages: ["世".repeat(50_000), "😀".repeat(50_000), "a"], last: "é".repeat(10_000) };
  expect(text(value)).toBe(JSON.stringify(value));
});

test("half of a pair becomes what TextEncoder makes of it", () => {
  const value = { list: ["\ud83d", "\ude00"], one: "x\ud83d" };
  expect(encodeJson(value)).toEqual(new TextEncoder().encode(JSON.stringify(value)));
});
