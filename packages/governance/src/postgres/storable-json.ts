/** JSON as PostgreSQL takes it: of the characters that it has no place for, replacements. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "string") return storable(item);
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    const fields = Object.entries(item);
    if (fields.every(([name]) => storable(name) === name)) return item;
    return Object.fromEntries(fields.map(([name, field]: [string, unknown]) => [storable(name), field]));
  });
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}
