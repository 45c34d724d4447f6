import fc from "fast-check";
import { expect, test } from "vitest";
import { isJsonObject, ToolInput } from "./tool-input.ts";

function run(pieces: readonly string[]): { text: string; rest: string | undefined; complete: boolean } {
  const input = new ToolInput();
  const text = pieces.map((piece) => input.take(piece)).join("");
  return { text, rest: input.end(), complete: input.complete };
}

test("FR-16: an object passes character by character as it came, however it is cut", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
      fc.array(fc.nat(400)),
      fc.boolean(),
      (value, places, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : 0);
        const cuts = [0, ...places.map((place) => Math.min(place, text.length)).sort((a, b) => a - b), text.length];
        const pieces = cuts.slice(1).map((end, at) => text.slice(cuts[at], end));
        expect(run(pieces)).toEqual({ text, rest: "", complete: true });
      },
    ),
  );
});

test("RS-21: whatever comes in, the whole is an object or known not to be one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom("{", "}", "[", "]", ",", '"', "\\", ":", "{}", '{"a":', "1"), fc.string())),
      (pieces) => {
        const { text, rest, complete } = run(pieces);
        if (rest !== undefined && !complete && text + rest !== "") expect(isJsonObject(text + rest)).toBe(true);
      },
    ),
  );
});

test("a comma waits for what follows it", () => {
  const input = new ToolInput();
  expect(input.take('{"a":[1, ')).toBe('{"a":[1');
  expect(input.complete).toBe(false);
  expect(input.take("2,")).toBe(", 2");
  expect(input.take(" ]")).toBe(" ]");
  expect(input.take("}")).toBe("}");
  expect(input.complete).toBe(true);
  expect(input.take("}")).toBe("");
});

test("RS-22: an empty object is held back, as the real one may follow", () => {
  expect(run(["{", "}"])).toEqual({ text: "", rest: "", complete: true });
  expect(run(["{}", ' {"a"', ":1}"])).toEqual({ text: '{"a":1}', rest: "", complete: true });
});

test("RS-21: missing brackets are closed, an open string is not", () => {
  expect(run(['{"a":{"b":[1,']).rest).toBe("]}}");
  expect(run(['{"a":"b']).rest).toBeUndefined();
  expect(run(['{"a":']).rest).toBeUndefined();
});

test("arguments that are no object are kept back until their end", () => {
  expect(run(["nu", "ll"])).toEqual({ text: "", rest: "{}", complete: false });
  expect(run(['"{\\"a\\"', ':1}"'])).toEqual({ text: "", rest: '{"a":1}', complete: false });
});

test("escapes cut in two stay whole", () => {
  expect(run(['{"a":"\\', '"}', '"}']).text).toBe('{"a":"\\"}"}');
  expect(run(['{"a":"\\\\', '"}']).text).toBe('{"a":"\\\\"}');
});
