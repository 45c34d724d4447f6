const units = { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 } as const;

function isUnit(text: string): text is keyof typeof units {
  return Object.hasOwn(units, text);
}

/** Bytes from `"32MB"`, `"512 kB"` or a number of bytes, units counting 1,024; undefined for anything else. */
export function parseByteSize(value: unknown): number | undefined {
  const text = String(value).trim().toLowerCase();
  const [, digits, unit = "b"] = /^(\d{1,12}(?:\.\d{1,3})?)\s?([a-z]+)?$/.exec(text) ?? [];
  if ((typeof value !== "string" && typeof value !== "number") || digits === undefined || !isUnit(unit)) {
    return undefined;
  }
  return Math.round(Number(digits) * units[unit]);
}
