const smoothMs = 10_000;
const fadeMs = 30_000;
const samples = 64;
/** With fewer answers a quantile says nothing. */
const fewestSamples = 20;

/** How soon a target's answers began of late. */
export class Latency {
  readonly #recent = new Float32Array(samples);
  #count = 0;
  #averageMs = 0;
  #atMs = 0;

  /** Takes in one answer. The longer none came, the more it counts. */
  add(latencyMs: number, nowMs: number): void {
    const share = this.#count === 0 ? 1 : Math.max(0.1, 1 - Math.exp((this.#atMs - nowMs) / smoothMs));
    this.#averageMs += share * (latencyMs - this.#averageMs);
    this.#recent[this.#count % samples] = latencyMs;
    this.#count += 1;
    this.#atMs = nowMs;
  }

  /**
   * What to expect, for comparison. It fades while nobody asks, halving each 30 s, so that a target that was slow is
   * tried again some time and can show that it has recovered.
   */
  expectedMs(nowMs: number): number {
    return this.#averageMs * 2 ** (-Math.max(0, nowMs - this.#atMs) / fadeMs);
  }

  /** The time within which this share of the recent answers began; undefined while they are few. */
  quantileMs(share: number): number | undefined {
    if (this.#count < fewestSamples) return undefined;
    const sorted = this.#recent.slice(0, Math.min(this.#count, samples)).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
