import { z } from "zod";
import type { ConfigPath } from "./problem.ts";
import { configSchema } from "./schema.ts";

/** What the schema says of one value, as JSON Schema, with the `shape` of our own: the word for what is wanted. */
export type SchemaNode = z.core.JSONSchema.BaseSchema;

let tree: SchemaNode | undefined;

/** The whole schema as a tree; made when first asked for, which is only for messages and documentation. */
export function schemaTree(): SchemaNode {
  tree ??= z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  return tree;
}

/** What the schema says of the value at this path; undefined where it knows no such value. */
export function schemaAt(path: ConfigPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = schemaTree();
  for (const step of path) {
    if (node === undefined) return undefined;
    node = asNode(typeof step === "number" ? node.items : (node.properties?.[step] ?? node.additionalProperties));
  }
  return node;
}

/** The part of a schema when it is a single one, not a list of them or a mere yes or no. */
export function asNode(part: SchemaNode["items"] | SchemaNode["additionalProperties"]): SchemaNode | undefined {
  return typeof part === "object" && part !== null && !Array.isArray(part) ? part : undefined;
}

/** The word for what a value is: `duration`, `text`, `true or false`. */
export function shapeOf(node: SchemaNode): string {
  const shape = node["shape"];
  if (typeof shape === "string") return shape;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (node.type === "array") return `list of ${shapeOf(asNode(node.items) ?? {})}`;
  return words.get(String(node.type)) ?? "value";
}

const words = new Map([
  ["string", "text"],
  ["integer", "whole number"],
  ["number", "number"],
  ["boolean", "true or false"],
  ["object", "settings"],
]);
