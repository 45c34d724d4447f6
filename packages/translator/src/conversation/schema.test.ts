import { expect, test } from "vitest";
import { functionParameters, qualifiesForStrict } from "./schema.ts";

const closed = (properties: object, more: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});
const word = { type: "string" };

test("a schema qualifies for strict mode when every object in it is closed and requires all it has", () => {
  expect(qualifiesForStrict(closed({ a: word, b: { type: "array", items: closed({ c: word }) } }))).toBe(true);
  expect(qualifiesForStrict(closed({ a: { anyOf: [word, { type: "null" }] } }))).toBe(true);
  expect(qualifiesForStrict(closed({ a: { $ref: "#/$defs/x" } }, { $defs: { x: closed({}) } }))).toBe(true);
});

test.each([
  ["an optional property", closed({ a: word }, { required: [] })],
  ["no list of required ones", { type: "object", properties: { a: word }, additionalProperties: false }],
  ["an open object", { type: "object", properties: {}, required: [] }],
  ["an open object within", closed({ a: { type: "object", properties: {} } })],
  ["an open object in a list", closed({ a: { type: "array", items: { type: "object" } } })],
  ["an open object among alternatives", closed({ a: { anyOf: [{ type: "object" }] } })],
  ["an open object among definitions", closed({}, { $defs: { x: { type: "object" } } })],
  ["a keyword that strict mode lacks", closed({ a: { ...word, default: "x" } })],
  ["a boolean schema", closed({ a: true })],
])("a schema with %s does not qualify for strict mode", (_, schema) => {
  expect(qualifiesForStrict(schema)).toBe(false);
});

test("the client's schema is not changed", () => {
  const schema = Object.freeze({ $schema: "x", properties: Object.freeze({ a: word }) });
  functionParameters(schema);
  expect(schema).toHaveProperty("$schema");
});
