const decimal = /^(\d{1,4})(?:\.(\d{1,9}))?$/;

/** In nano-USD per million tokens: 1,000 USD. Above it is a price in the wrong unit. */
const dearest = 1_000_000_000_000;

/**
 * A price in USD per million tokens as nano-USD per million tokens, read digit by digit. Undefined for what is no such
 * price: negative, above 1,000 USD or with more than nine digits behind the point.
 */
export function parseRate(usd: unknown): number | undefined {
  if (typeof usd !== "number" && typeof usd !== "string") return undefined;
  const [, whole, fraction = ""] = decimal.exec(String(usd)) ?? [];
  if (whole === undefined) return undefined;
  const rate = Number(`${whole}${fraction.padEnd(9, "0")}`);
  return rate <= dearest ? rate : undefined;
}
