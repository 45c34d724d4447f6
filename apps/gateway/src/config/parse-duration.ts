const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

function isUnit(text: string): text is keyof typeof units {
  return Object.hasOwn(units, text);
}

/** Milliseconds from `"500ms"`, `"10s"`, `"1.5m"`, `"1h"` or a number of milliseconds; undefined for anything else. */
export function parseDuration(value: unknown): number | undefined {
  const [, digits, unit = "ms"] = /^(\d{1,12}(?:\.\d{1,3})?)\s?([a-z]+)?$/.exec(String(value).trim()) ?? [];
  if ((typeof value !== "string" && typeof value !== "number") || digits === undefined || !isUnit(unit)) {
    return undefined;
  }
  return Math.round(Number(digits) * units[unit]);
}
