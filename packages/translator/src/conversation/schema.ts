import { isRecord } from "../json/is-record.ts";

/** A JSON Schema with an object at its root. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A tool's input schema in the form that chat servers take: an object at the root, with `properties`, without
 * `$schema`. Below the root nothing is touched, neither order nor names, so that the same tool gives the same bytes.
 */
export function functionParameters(inputSchema: unknown): JsonSchema {
  if (!isRecord(inputSchema) || !allowsObject(inputSchema["type"])) return { type: "object", properties: {} };
  const { $schema: _draft, ...schema } = inputSchema;
  const parameters: Record<string, unknown> = { type: "object", ...schema };
  parameters["type"] = "object";
  // OpenAI: "object schema missing properties".
  if (!isRecord(parameters["properties"])) parameters["properties"] = {};
  if (parameters["required"] === null) delete parameters["required"];
  return parameters;
}

function allowsObject(type: unknown): boolean {
  if (Array.isArray(type)) return type.includes("object");
  return type === undefined || type === null || type === "object";
}

/**
 * True when a schema already obeys the rules of strict mode, which would otherwise turn optional properties into
 * required ones: every object forbids additional properties and requires all its own.
 * Source: OpenAI's guide to Structured Outputs, "Supported schemas".
 */
export function qualifiesForStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(qualifiesForStrict);
  if (!isRecord(schema)) return typeof schema !== "boolean";
  const properties = asObject(schema["properties"]);
  if ("properties" in schema || schema["type"] === "object") {
    if (schema["additionalProperties"] !== false || !requiresAll(schema["required"], properties)) return false;
  }
  if (unsupported.some((keyword) => keyword in schema)) return false;
  const definitions = Object.values(asObject(schema["$defs"]));
  return [...Object.values(properties), ...definitions, schema["items"], schema["anyOf"]].every(qualifiesForStrict);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** Keywords that strict mode refuses. */
const unsupported = [
  "allOf",
  "oneOf",
  "not",
  "if",
  "dependentRequired",
  "dependentSchemas",
  "patternProperties",
  "propertyNames",
  "default",
];

function requiresAll(required: unknown, properties: Readonly<Record<string, unknown>>): boolean {
  const names = new Set(Array.isArray(required) ? required : []);
  return Object.keys(properties).every((name) => names.has(name));
}
