/** How far counts are from what is expected of them, as chi-square over its degrees of freedom. */
export function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, index) => sum + (count - (expected[index] ?? 0)) ** 2 / (expected[index] ?? 1), 0);
}

/** The probability that numbers as unevenly spread come from an even distribution over 0 to 1. Source: Kolmogorov's series. */
export function uniformity(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const n = sorted.length;
  const distance = Math.max(...sorted.map((value, index) => Math.max((index + 1) / n - value, value - index / n)));
  const scaled = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * scaled * scaled);
  return Math.min(1, Math.max(0, sum));
}
