import * as fc from "fast-check";
import { expect, test } from "vitest";
import { JsonScanner } from "./json-scanner.ts";
import { valueAt } from "./value-at.ts";

function read(text: string): unknown {
  const bytes = new TextEncoder().encode(text);
  return valueAt(new JsonScanner(bytes), { start: 0, end: bytes.length });
}

test("every JSON value is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      expect(read(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test.each([
  "0",
  "-0",
  "7",
  "1200",
  "999999999999999",
  "12345678901234567890",
  "-3",
  "1.5",
  "2e3",
  "true",
  "null",
  '"é\\u0041\\n"',
  '{ "input_tokens" : 12 , "cache_creation" : { "ephemeral_5m_input_tokens" : 3 } , "tiers" : [ 1 , "a" ] }',
  '{"a":1,"a":2}',
])("%s is read as JSON.parse reads it", (text) => {
  expect(read(text)).toEqual(JSON.parse(text));
});

test("a member may have any name", () => {
  const value = read('{"__proto__":{"polluted":1},"constructor":2}');
  expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":1},"constructor":2}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each(["01", "1x", "-", "+1", "nul"])("%s is no value", (text) => {
  expect(read(text)).toBeUndefined();
});
