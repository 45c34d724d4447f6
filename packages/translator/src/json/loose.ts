/**
 * An object as a provider sent it: any of these keys may be there, with anything in it. Servers that call themselves
 * compatible send strings for numbers, nulls for objects and objects for strings, so every value is looked at before use.
 */
export type Loose<Keys extends string> = object & { readonly [Key in Keys]?: unknown };

/** Tells an object from everything else; its keys are unknown, and every key of a {@link Loose} may be missing. */
export function isLoose<Keys extends string>(value: unknown): value is Loose<Keys> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object, or an empty one. */
export function loose<Keys extends string>(value: unknown): Loose<Keys> {
  return isLoose<Keys>(value) ? value : {};
}

/** The value as a list, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value when it is a string with something in it. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Parses JSON; undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
