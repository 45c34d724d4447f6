const growth = Math.log(1.25);
const bucketCount = 64;
const remembered = 500;
const mostKeys = 10_000;

/** How long recent answers were, by who asked and for what: enough to guess how long the next one is. */
export class OutputHistory {
  readonly #histograms = new Map<string, Histogram>();

  /** Takes note of an answer of so many tokens. */
  add(key: string, tokens: number): void {
    let histogram = this.#histograms.get(key);
    if (histogram === undefined) {
      const oldest = this.#histograms.keys().next();
      if (this.#histograms.size >= mostKeys && oldest.done !== true) this.#histograms.delete(oldest.value);
      histogram = { counts: new Uint32Array(bucketCount), total: 0 };
      this.#histograms.set(key, histogram);
    }
    const bucket = tokens <= 1 ? 0 : Math.min(bucketCount - 1, Math.ceil(Math.log(tokens) / growth));
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    histogram.total += 1;
    if (histogram.total > remembered) halve(histogram);
  }

  /** What 95 of 100 recent answers stayed below, to a quarter; 0 where there were none. */
  p95(key: string): number {
    const histogram = this.#histograms.get(key);
    if (histogram === undefined) return 0;
    let left = histogram.total * 0.95;
    for (const [bucket, count] of histogram.counts.entries()) {
      left -= count;
      if (left <= 0) return Math.ceil(Math.exp(bucket * growth));
    }
    return 0;
  }
}

interface Histogram {
  /** Each bucket is a quarter wider than the one before. */
  readonly counts: Uint32Array;
  total: number;
}

/** What is long ago counts less and less. */
function halve(histogram: Histogram): void {
  histogram.total = 0;
  for (const [bucket, count] of histogram.counts.entries()) {
    histogram.counts[bucket] = count >> 1;
    histogram.total += count >> 1;
  }
}
