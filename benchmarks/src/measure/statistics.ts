/** The middle of several rounds, and how far apart they lay. */
export interface Spread {
  readonly median: number;
  /** The lower and the upper quartile: half of the rounds lie between them. */
  readonly low: number;
  readonly high: number;
}

/** The value below which the given share (0 to 1) of the numbers lies. NaN when there are none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
  return sorted[index] ?? Number.NaN;
}

/** Median and quartiles of the numbers. */
export function spreadOf(numbers: readonly number[]): Spread {
  return { median: percentile(numbers, 0.5), low: percentile(numbers, 0.25), high: percentile(numbers, 0.75) };
}
