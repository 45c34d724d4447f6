const zerosOf = { "": 0, k: 3, M: 6, G: 9 } as const;

function isUnit(text: string): text is keyof typeof zerosOf {
  return Object.hasOwn(zerosOf, text);
}

/** A whole number from `60`, `"60"`, `500k`, `2M` or `1.5M`; undefined for anything else. */
export function parseCount(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const [, whole, fraction = "", unit = ""] =
    /^(\d{1,16})(?:\.(\d{1,9}))?\s?([kMG])?$/.exec(String(value).trim()) ?? [];
  if (whole === undefined || !isUnit(unit) || fraction.length > zerosOf[unit]) return undefined;
  const count = Number(whole + fraction.padEnd(zerosOf[unit], "0"));
  return Number.isSafeInteger(count) ? count : undefined;
}
