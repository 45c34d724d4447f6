/** JSON that is the same text for the same data, in whatever order its settings stand and whoever has stored it meanwhile. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isGroup(part) ? sorted(part) : part));
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(group: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(group).sort(([one], [other]) => (one < other ? -1 : 1)));
}
