import type { JsonSchema } from "../../conversation/schema.ts";
import { isRecord } from "../../json/is-record.ts";
import { resolveReference } from "./schema-reference.ts";
import { ownValue } from "../../json/own-value.ts";

/**
 * Keywords that stay as they are. The endpoint refuses the whole request for one that it does not know ("Unknown name
 * … Cannot find field"). Source: `Schema` in @google/genai 3.1.
 */
const kept = [
  "title",
  "description",
  "nullable",
  "required",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
  "propertyOrdering",
] as const;
const formats: Readonly<Record<string, readonly string[]>> = {
  string: ["enum", "date-time"],
  integer: ["int32", "int64"],
  number: ["float", "double"],
};
/** What expanded references may come to; a schema that uses itself many times over is cut off there. */
const maxNodes = 5_000;

interface Walk {
  readonly root: JsonSchema;
  /** References that are being followed: one that meets itself is cut. */
  readonly following: readonly string[];
  readonly count: { nodes: number };
}

/** A JSON Schema in the subset of OpenAPI 3.0 that Gemini's `parameters` and `responseSchema` take. */
export function openApiSchema(schema: JsonSchema): JsonSchema {
  return rewrite(schema, { root: schema, following: [], count: { nodes: 0 } });
}

function rewrite(value: unknown, walk: Walk): JsonSchema {
  walk.count.nodes += 1;
  if (walk.count.nodes > maxNodes) return { type: "object" };
  // `true` and whatever else says nothing: a string can carry any of it.
  if (!isRecord(value)) return { type: "string" };
  if (typeof value["$ref"] === "string") return follow(value, value["$ref"], walk);
  const schema = merged(value);
  const branches = branchesOf(schema);
  if (branches !== undefined) return union(schema, branches, walk);
  const type = typeOf(schema);
  return {
    type,
    ...pick(schema),
    ...formatOf(schema, type),
    ...enumOf(schema, type),
    ...(type === "object" ? propertiesOf(schema, walk) : {}),
    ...(type === "array" ? { items: rewrite(itemsOf(schema), walk) } : {}),
  };
}

function follow(schema: JsonSchema, reference: string, walk: Walk): JsonSchema {
  if (walk.following.includes(reference)) return { type: "object" };
  const { $ref: _, ...beside } = schema;
  const target = resolveReference(walk.root, reference);
  const whole = isRecord(target) ? { ...target, ...beside } : beside;
  return rewrite(whole, { ...walk, following: [...walk.following, reference] });
}

/** `allOf` as one schema: properties and required names together, of everything else the first. */
function merged(schema: JsonSchema): JsonSchema {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  let whole: JsonSchema = own;
  for (const part of allOf) {
    if (!isRecord(part)) continue;
    const inner = merged(part);
    const properties = { ...asRecord(inner["properties"]), ...asRecord(whole["properties"]) };
    const required = [...new Set([...asList(whole["required"]), ...asList(inner["required"])])];
    whole = {
      ...inner,
      ...whole,
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
    };
  }
  return whole;
}

function branchesOf(schema: JsonSchema): readonly unknown[] | undefined {
  for (const key of ["anyOf", "oneOf"]) {
    const branches = asList(schema[key]);
    if (branches.length > 0) return branches;
  }
  const { type } = schema;
  return Array.isArray(type) ? type.map((one: unknown) => ({ ...schema, type: one })) : undefined;
}

function union(schema: JsonSchema, branches: readonly unknown[], walk: Walk): JsonSchema {
  const real = branches.filter((branch) => !isNull(branch));
  const finish = real.length < branches.length ? asNullable : (written: JsonSchema): JsonSchema => written;
  const [only] = real;
  if (only === undefined) return { type: "string", nullable: true };
  if (real.length > 1) return { anyOf: real.map((branch) => finish(rewrite(branch, walk))) };
  const { anyOf: _any, oneOf: _one, ...beside } = schema;
  const branch = isRecord(only) ? only : {};
  return finish(rewrite({ ...beside, type: undefined, ...branch }, walk));
}

/** Beside `anyOf` nothing else may stand, so that its branches are what may be null. */
function asNullable(schema: JsonSchema): JsonSchema {
  const { anyOf } = schema;
  if (!Array.isArray(anyOf)) return { ...schema, nullable: true };
  return { anyOf: anyOf.map((branch: unknown) => asNullable(asRecord(branch))) };
}

function isNull(branch: unknown): boolean {
  return isRecord(branch) && (branch["type"] === "null" || branch["const"] === null);
}

const types = new Set(["string", "number", "integer", "boolean", "array", "object"]);

function typeOf(schema: JsonSchema): string {
  const type = schema["type"];
  if (typeof type === "string" && types.has(type)) return type;
  const constant = schema["const"] ?? asList(schema["enum"])[0];
  if (typeof constant === "number" || typeof constant === "boolean") return typeof constant;
  if (isRecord(schema["properties"])) return "object";
  return schema["items"] === undefined && schema["prefixItems"] === undefined ? "string" : "array";
}

function pick(schema: JsonSchema): JsonSchema {
  const picked: Record<string, unknown> = {};
  for (const key of kept) {
    const value = schema[key];
    if (value !== undefined && value !== null && key !== "required") picked[key] = value;
  }
  const above = schema["exclusiveMinimum"];
  const below = schema["exclusiveMaximum"];
  const step = schema["type"] === "integer" ? 1 : 0;
  if (typeof above === "number") picked["minimum"] = above + step;
  if (typeof below === "number") picked["maximum"] = below - step;
  return picked;
}

function formatOf(schema: JsonSchema, type: string): JsonSchema {
  const { format } = schema;
  return typeof format === "string" && ownValue(formats, type)?.includes(format) ? { format } : {};
}

/** Only strings are enumerated, and none of them empty; of others the description tells. */
function enumOf(schema: JsonSchema, type: string): JsonSchema {
  const values = "const" in schema ? [schema["const"]] : asList(schema["enum"]);
  if (values.length === 0) return {};
  const texts = values.filter((value) => typeof value === "string" && value !== "");
  if (type === "string" && texts.length === values.length) return { enum: texts };
  const description = typeof schema["description"] === "string" ? `${schema["description"]} ` : "";
  return { description: `${description}One of: ${values.map((value) => JSON.stringify(value)).join(", ")}.` };
}

function propertiesOf(schema: JsonSchema, walk: Walk): JsonSchema {
  const entries = Object.entries(asRecord(schema["properties"]));
  if (entries.length === 0) return {};
  const properties = Object.fromEntries(entries.map(([name, value]) => [name, rewrite(value, walk)]));
  const required = asList(schema["required"]).filter(
    (name) => typeof name === "string" && Object.hasOwn(properties, name),
  );
  return { properties, ...(required.length > 0 ? { required } : {}) };
}

function itemsOf(schema: JsonSchema): unknown {
  const tuple = Array.isArray(schema["items"]) ? schema["items"] : schema["prefixItems"];
  return Array.isArray(tuple) ? { anyOf: tuple } : schema["items"];
}

function asRecord(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
