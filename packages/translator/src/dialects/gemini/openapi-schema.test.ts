import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openApiSchema } from "./openapi-schema.ts";

/** What becomes of the schema of one property. */
const property = (schema: unknown, root: object = {}): unknown => {
  const whole = openApiSchema({ type: "object", properties: { p: schema }, ...root });
  return (whole["properties"] as Record<string, unknown> | undefined)?.["p"];
};

describe("the subset of OpenAPI that older endpoints take", () => {
  test.each<[string, unknown, unknown]>([
    [
      "TD-09: unknown keywords go",
      {
        type: "string",
        $id: "x",
        not: {},
        if: {},
        examples: [1],
        default: "a",
        uniqueItems: true,
        multipleOf: 2,
        title: "t",
        minLength: 1,
      },
      { type: "string", title: "t", minLength: 1 },
    ],
    [
      "TD-09: exclusive bounds become bounds",
      { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { type: "integer", minimum: 1, maximum: 8 },
    ],
    ["TD-11: a constant text is an enumeration of one", { const: "a" }, { type: "string", enum: ["a"] }],
    [
      "TD-11: a constant number is told in words",
      { const: 5, description: "d" },
      { type: "number", description: "d One of: 5." },
    ],
    ["TD-12: null among the types is nullable", { type: ["string", "null"] }, { type: "string", nullable: true }],
    [
      "TD-12: several types are a choice",
      { type: ["string", "number"] },
      { anyOf: [{ type: "string" }, { type: "number" }] },
    ],
    [
      "TD-13: null among the branches is nullable",
      { anyOf: [{ type: "string" }, { type: "null" }], description: "d" },
      { type: "string", description: "d", nullable: true },
    ],
    ["TD-13: nothing but null", { type: ["null"] }, { type: "string", nullable: true }],
    [
      "a choice stands alone",
      { description: "d", oneOf: [{ type: "string" }, { type: "integer" }, { type: "null" }] },
      {
        anyOf: [
          { type: "string", nullable: true },
          { type: "integer", nullable: true },
        ],
      },
    ],
    [
      "TD-14: allOf is merged, the first wins",
      {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "number" } }, required: ["b"] },
        ],
      },
      { type: "object", properties: { a: { type: "string" }, b: { type: "number" } }, required: ["a", "b"] },
    ],
    [
      "TD-16: a list without entries' type is a list of texts",
      { type: "array" },
      { type: "array", items: { type: "string" } },
    ],
    [
      "a tuple is a list of a choice",
      { type: "array", items: [{ type: "string" }, { type: "number" }] },
      { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
    ],
    [
      "TD-17: only texts are enumerated",
      { type: "integer", enum: [1, 2] },
      { type: "integer", description: "One of: 1, 2." },
    ],
    [
      "TD-17: an empty text cannot be enumerated",
      { enum: ["", "a"] },
      { type: "string", description: 'One of: "", "a".' },
    ],
    [
      "TD-18: formats that Gemini knows stay",
      { type: "string", format: "date-time" },
      { type: "string", format: "date-time" },
    ],
    ["TD-18: other formats go", { type: "string", format: "uri" }, { type: "string" }],
    [
      "TD-07: an object without properties is bare",
      { type: "object", properties: {}, additionalProperties: false },
      { type: "object" },
    ],
    ["true says nothing", true, { type: "string" }],
    [
      "required names that are no properties go",
      { properties: { a: true }, required: ["a", "z"] },
      { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
    ],
  ])("%s", (_, schema, expected) => {
    expect(property(schema)).toEqual(expected);
  });

  test("TD-15: references are written out, and cut where they meet themselves", () => {
    const $defs = {
      "a/b": { type: "object", properties: { next: { $ref: "#/$defs/a~1b" }, x: { $ref: "#/$defs/x" } } },
      x: { type: "string", description: "own" },
    };
    expect(property({ $ref: "#/$defs/a~1b", description: "d" }, { $defs })).toEqual({
      type: "object",
      description: "d",
      properties: { next: { type: "object" }, x: { type: "string", description: "own" } },
    });
    expect(property({ $ref: "https://elsewhere.example" })).toEqual({ type: "string" });
  });

  test("TD-15: references that multiply are cut off", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => {
        const next = { $ref: `#/$defs/d${index + 1}` };
        return [`d${index}`, { type: "object", properties: { a: next, b: next, c: next } }];
      }),
    );
    expect(JSON.stringify(property({ $ref: "#/$defs/d0" }, { $defs })).length).toBeLessThan(2_000_000);
  });

  test("TD-19: a property may bear the name of a keyword", () => {
    const names = ["type", "format", "$schema", "const", "title", "default", "$ref", "__proto__"];
    const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
    expect(openApiSchema({ type: "object", properties })).toEqual({ type: "object", properties });
  });
});

const allowed = new Set(
  "type format description title nullable enum items properties required anyOf minItems maxItems minLength maxLength pattern minimum maximum propertyOrdering".split(
    " ",
  ),
);

function unknownKeys(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (!allowed.has(key)) return [key];
    if (key === "properties") return Object.values(Object(value)).flatMap(unknownKeys);
    if (key === "items") return unknownKeys(value);
    return key === "anyOf" && Array.isArray(value) ? value.flatMap(unknownKeys) : [];
  });
}

test("TD-09: any schema becomes one without unknown keywords", () => {
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.record(
        {
          type: fc.constantFrom("string", "object", "array", "null", ["string", "null"], [], 7, "odd"),
          properties: fc.dictionary(fc.constantFrom("a", "type", "$ref"), tie("schema"), { maxKeys: 2 }),
          items: tie("schema"),
          prefixItems: fc.array(tie("schema"), { maxLength: 2 }),
          anyOf: fc.array(tie("schema"), { maxLength: 3 }),
          oneOf: fc.constantFrom(null, [], 1),
          allOf: fc.array(tie("schema"), { maxLength: 2 }),
          $ref: fc.constantFrom("#", "#/properties/a", "#/items/0", "x", 7),
          enum: fc.array(fc.jsonValue(), { maxLength: 2 }),
          const: fc.jsonValue(),
          required: fc.constantFrom(["a"], null, "a"),
          additionalProperties: fc.boolean(),
          exclusiveMinimum: fc.constantFrom(1, true),
        },
        { requiredKeys: [] },
      ),
    ),
  }));
  fc.assert(
    fc.property(schema, (value) => {
      const written = openApiSchema({ type: "object", properties: { p: value } });
      expect(unknownKeys(written)).toEqual([]);
      expect(openApiSchema(written)).toEqual(written);
    }),
    { numRuns: 500 },
  );
});
