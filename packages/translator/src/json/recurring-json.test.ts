import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./loose.ts";
import { RecurringJson } from "./recurring-json.ts";

const string = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "\\", '"', "\n", "変", "\ud83d", '","a":"'));
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom("-0", "1E+2"),
);
const shapes: readonly ((text: string, count: string) => string)[] = [
  (text, count) => `{"id":"x","choices":[{"index":${count},"delta":{"content":${text}},"finish_reason":null}]}`,
  (text, count) => `{"id":"x","choices":[{"index":0,"delta":{"reasoning":${text}}}],"usage":{"total":${count}}}`,
  (text, count) => ` { "a" : [ ${text} , ${count} , [ ] , { } , true ] , "b" : ${text} } `,
  (text, count) => `{"a":${text},"b":{"a":${count}},"a":${count}}`,
  (text, count) => `{"__proto__":${text},"b":${count},"\\u0061":${text}}`,
  (text) => text,
];
const entry = fc
  .tuple(fc.constantFrom(...shapes), string, number)
  .map(([shape, text, count]) => shape(JSON.stringify(text), String(count)));
const runs = fc.array(fc.tuple(entry, fc.integer({ min: 1, max: 3 })), { maxLength: 12 });

test("each text means what JSON.parse says, whatever came before", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 24 }), (texts) => {
      const json = new RecurringJson();
      for (const text of texts) expect(json.parse(text)).toStrictEqual(JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
});

test("a text that is damaged means as little as to JSON.parse, whatever came before", () => {
  const damage = fc.record({ at: fc.nat(200), remove: fc.nat(2), insert: fc.string({ maxLength: 2 }) });
  fc.assert(
    fc.property(runs, damage, (entries, { at, remove, insert }) => {
      const json = new RecurringJson();
      for (const [text, times] of entries) {
        for (let time = 0; time < times; time++) json.parse(text);
        const damaged = text.slice(0, at) + insert + text.slice(at + remove);
        expect(json.parse(damaged)).toStrictEqual(parseJson(damaged));
      }
    }),
    { numRuns: 1_000 },
  );
});

test("of a text like two before it only what differs is read", () => {
  const json = new RecurringJson();
  const chunk = (text: string): unknown => json.parse(`{"id":1,"delta":{"text":"${text}"}}`);
  chunk("a");
  const second = chunk("b");
  expect(chunk("c\\n")).toBe(second);
  expect(second).toEqual({ id: 1, delta: { text: "c\n" } });
});

test("a text of another kind in between does not lose what has been learned", () => {
  const json = new RecurringJson();
  const chunk = (text: string): unknown => json.parse(`{"text":"${text}"}`);
  chunk("a");
  const second = chunk("b");
  expect(json.parse('{"other":[]}')).toEqual({ other: [] });
  expect(chunk("c")).toBe(second);
});
