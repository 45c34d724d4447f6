import type { DispatchSettings } from "./dispatch-settings.ts";

const atFirst = 3;
/** Repeats that may be saved up while there are none. */
const most = 10;

/**
 * Bounds the calls that one upstream gets beyond the requests that are meant for it: a share of these, and a few each
 * second so that a quiet upstream is asked again at all.
 */
export class RetryBudget {
  readonly #settings: Pick<DispatchSettings, "retryShare" | "retriesPerSecond">;
  #tokens: number;
  #atMs: number;

  constructor(settings: Pick<DispatchSettings, "retryShare" | "retriesPerSecond">, nowMs: number) {
    this.#settings = settings;
    this.#tokens = atFirst;
    this.#atMs = nowMs;
  }

  /** Counts a request that asks this upstream for the first time. */
  earn(): void {
    this.#tokens = Math.min(most, this.#tokens + this.#settings.retryShare);
  }

  /** True when a repeat may be sent, which then counts. */
  spend(nowMs: number): boolean {
    const seconds = Math.max(0, nowMs - this.#atMs) / 1_000;
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#tokens = Math.min(most, this.#tokens + seconds * this.#settings.retriesPerSecond);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
