import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Span } from "../dialects/dialect.ts";
import { isTranslatorError } from "../errors.ts";
import { fourBytes, JsonScanner } from "./json-scanner.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array, { start, end }: Span): string =>
  new TextDecoder().decode(bytes.subarray(start, end));

function members(text: string): [string, unknown][] {
  const bytes = encode(text);
  const found: [string, unknown][] = [];
  new JsonScanner(bytes).members(0, (key, span) => found.push([key, JSON.parse(decode(bytes, span))]));
  return found;
}

function elements(text: string): unknown[] {
  const bytes = encode(text);
  const found: unknown[] = [];
  new JsonScanner(bytes).elements(0, (span) => found.push(JSON.parse(decode(bytes, span))));
  return found;
}

/** The value again, built from spans alone. */
function rebuild(bytes: Uint8Array, at: number): unknown {
  const scanner = new JsonScanner(bytes);
  if (scanner.byteAt(at) === 0x7b) {
    const entries: [string, unknown][] = [];
    scanner.members(at, (key, span) => entries.push([key, rebuild(bytes, span.start)]));
    return Object.fromEntries(entries);
  }
  if (scanner.byteAt(at) === 0x5b) {
    const list: unknown[] = [];
    scanner.elements(at, (span) => list.push(rebuild(bytes, span.start)));
    return list;
  }
  return JSON.parse(decode(bytes, { start: at, end: scanner.skipValue(at) }));
}

describe("JsonScanner", () => {
  test("agrees with JSON.parse on any JSON, however it is spaced", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, "\t", "\r\n"), (value, spacing) => {
        const text = JSON.stringify(value, undefined, spacing);
        expect(rebuild(encode(text), 0)).toEqual(JSON.parse(text));
      }),
      { numRuns: 400 },
    );
  });

  test("throws nothing but a TranslatorError, and only where JSON.parse throws too", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n0123456789-.eEtruefalsn'.split("")) }).map(encode),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        let thrown: unknown;
        try {
          new JsonScanner(input).members(0, () => {});
        } catch (error) {
          thrown = error;
        }
        if (thrown === undefined) return;
        expect(isTranslatorError(thrown)).toBe(true);
        const text = new TextDecoder().decode(input);
        if (text.startsWith("{")) expect(() => JSON.parse(text)).toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  test("gives duplicate keys twice, in order", () => {
    expect(members('{"a":1,"a":{"a":[2]}}')).toEqual([
      ["a", 1],
      ["a", { a: [2] }],
    ]);
  });

  test("decodes keys with escapes and with other alphabets", () => {
    expect(members('{"m\\u006fdel":1,"\\"":2,"клю\\u0447":3,"键":4}').map(([key]) => key)).toEqual([
      "model",
      '"',
      "ключ",
      "键",
    ]);
  });

  test("finds the end of a string behind any run of backslashes and at any alignment", () => {
    for (let padding = 0; padding < 40; padding += 1) {
      for (let slashes = 0; slashes < 6; slashes += 1) {
        const value = `${"x".repeat(padding)}"${"\\".repeat(slashes)}`;
        expect(elements(JSON.stringify([value, "next"]))).toEqual([value, "next"]);
      }
    }
  });

  test.each([
    ['{"a":1', 6],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1 "b":2}', 7],
    ["{'a':1}", 1],
    ['{"a":[1}}', 7],
    ['{"a":{"b":1}', 12],
    ['{"a":"', 5],
    ['{"a":tru}', 5],
    ['{"a":01}', 5],
    ["[]", 0],
  ])("names the byte where %s goes wrong", (text, at) => {
    expect(() => members(text)).toThrow(`The JSON is not valid at byte ${at}: `);
  });

  test("refuses what is nested too deep instead of running out of memory", () => {
    const deep = "[".repeat(600) + "]".repeat(600);
    expect(() => elements(deep)).toThrow("nested deeper than 512 levels");
  });

  test("notes where strings with a watched beginning stand inside containers", () => {
    const text = '{"a":{"type":"thinking","t":"thin"},"b":["think","redact"],"thinking":"thinking"}';
    const scanner = new JsonScanner(encode(text), [fourBytes("thin"), fourBytes("reda")]);
    scanner.members(0, () => {});
    expect(scanner.seen.map((at) => text.slice(at, at + 7))).toEqual(['"thinki', '"thin"}', '"think"', '"redact']);
  });

  test("tells whether a string is a word, however its letters are written", () => {
    const isData = (text: string): boolean =>
      new JsonScanner(encode(text)).isText({ start: 0, end: encode(text).length }, "data");
    const spellings = [
      '"data"',
      String.raw`"\u0064ata"`,
      String.raw`"dat\u0061"`,
      String.raw`"\u0064\u0061\u0074\u0061"`,
    ];
    expect(spellings.map(isData)).toEqual([true, true, true, true]);
    const others = ['"dat"', '"dats"', '"datas"', '""', '"d"', String.raw`"dat\n"`, String.raw`"data\u0061"`, '"däta"'];
    expect(others.map(isData)).toEqual(others.map(() => false));
  });
});
