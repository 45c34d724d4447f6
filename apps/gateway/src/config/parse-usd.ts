const placesOfNano = 9;

/**
 * Whole nano-USD from a decimal number of USD, read digit by digit: `2.50`, `"0.000000001"`, `500`. Undefined for
 * anything else, and for more than nine digits behind the point or 9,007,199 USD, from where on sums are not exact.
 */
export function parseUsd(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  // The shortest text of a number is what was written, as long as that has no more than 15 digits.
  const [, whole, fraction = ""] = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(plain(value)) ?? [];
  if (whole === undefined) return undefined;
  const nano = Number(whole + fraction.padEnd(placesOfNano, "0"));
  return Number.isSafeInteger(nano) ? nano : undefined;
}

/** Small numbers write themselves as `1e-9`. */
function plain(value: string | number): string {
  if (typeof value === "string") return value.trim();
  const text = String(value);
  const fixed = value.toFixed(placesOfNano);
  return text.includes("e-") && Number(fixed) === value ? fixed : text;
}
