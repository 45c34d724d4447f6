/** A JSON object of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for what JSON writes in braces. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a list; empty when it is none. */
export function fieldsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The object under a key; empty when there is none. */
export function fieldsAt(parent: unknown, key: string): Fields {
  const value = isFields(parent) ? parent[key] : undefined;
  return isFields(value) ? value : {};
}

/** The text under a key; empty when there is none. */
export function textAt(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === "string" ? value : "";
}

/** The first key of an object that is not among the known ones. */
export function unknownKey(fields: Fields, known: ReadonlySet<string>): string | undefined {
  return Object.keys(fields).find((key) => !known.has(key));
}

/** The words in a text, as a set. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
