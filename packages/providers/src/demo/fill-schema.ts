/** Deeper schemas are not filled: they would be recursive, or no one's idea of a demonstration. */
const maxDepth = 8;

/**
 * Makes the smallest value that follows a JSON Schema: required properties only, first choices, least numbers. Strings
 * become `filler`. Gives undefined for schemas that it cannot follow.
 */
export function fillSchema(schema: unknown, filler: string, depth = 0): unknown {
  if (depth > maxDepth || !isRecord(schema)) return undefined;
  const ready = schema["const"] ?? schema["default"] ?? first(schema["enum"]);
  if (ready !== undefined) return ready;
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return firstFilled(choices, filler, depth);
  const type = first(schema["type"]) ?? schema["type"];
  return typeof type === "string" ? fillers.get(type)?.(schema, filler, depth) : undefined;
}

type Filler = (schema: Record<string, unknown>, filler: string, depth: number) => unknown;

const fillNumber: Filler = (schema) => (typeof schema["minimum"] === "number" ? schema["minimum"] : 1);

const fillers: ReadonlyMap<string, Filler> = new Map<string, Filler>([
  ["object", fillObject],
  ["array", fillArray],
  ["string", fillString],
  ["integer", fillNumber],
  ["number", fillNumber],
  ["boolean", () => false],
  ["null", () => null],
]);

function fillObject(schema: Record<string, unknown>, filler: string, depth: number): unknown {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const filled: Record<string, unknown> = {};
  for (const name of required) {
    const value = typeof name === "string" ? fillSchema(properties[name], filler, depth + 1) : undefined;
    if (value === undefined) return undefined;
    filled[String(name)] = value;
  }
  return filled;
}

function fillArray(schema: Record<string, unknown>, filler: string, depth: number): unknown {
  const least = typeof schema["minItems"] === "number" ? schema["minItems"] : 0;
  if (least === 0) return [];
  const item = fillSchema(schema["items"], filler, depth + 1);
  return item === undefined || least > maxDepth ? undefined : Array.from({ length: least }, () => item);
}

/** A pattern or a format would need understanding. */
function fillString(schema: Record<string, unknown>, filler: string): string | undefined {
  if (schema["pattern"] !== undefined || schema["format"] !== undefined) return undefined;
  const most = typeof schema["maxLength"] === "number" ? schema["maxLength"] : filler.length;
  const value = filler.slice(0, most);
  return typeof schema["minLength"] === "number" ? value.padEnd(schema["minLength"], ".") : value;
}

function firstFilled(choices: readonly unknown[], filler: string, depth: number): unknown {
  for (const choice of choices) {
    const value = fillSchema(choice, filler, depth + 1);
    if (value !== undefined) return value;
  }
  return undefined;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
