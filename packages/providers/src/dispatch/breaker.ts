import type { DispatchSettings } from "./dispatch-settings.ts";

/** The numbers by which a {@link Breaker} opens and closes. */
export type BreakerSettings = Pick<
  DispatchSettings,
  "breakAfter" | "breakShare" | "breakSamples" | "openMs" | "longestOpenMs"
>;

/** Whether a place may be asked: always, not now, or once to see. */
export type BreakerState = "closed" | "open" | "half-open";

const windowSeconds = 10;
/** A place that stayed well for this long is given back one of its openings. */
const forgiveMs = 30_000;

/**
 * Takes a place out after failures in a row or too large a share of recent ones, and lets single calls probe it until
 * one succeeds. Calls that nobody can blame the place for are not told to it, only ended.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #good = new Uint32Array(windowSeconds);
  readonly #bad = new Uint32Array(windowSeconds);
  #second = 0;
  #inRow = 0;
  #openings = 0;
  #isOpen = false;
  #changedMs = Number.NEGATIVE_INFINITY;
  #untilMs = 0;
  #probing = false;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
  }

  state(nowMs: number): BreakerState {
    if (!this.#isOpen) return "closed";
    return this.#probing || nowMs < this.#untilMs ? "open" : "half-open";
  }

  /** When it may be probed; meaningful while it is open. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** Failures since the last success. */
  get failuresInRow(): number {
    return this.#inRow;
  }

  /** Calls of the last seconds that went well and that failed. */
  recent(nowMs: number): { readonly good: number; readonly bad: number } {
    this.#turn(nowMs);
    let good = 0;
    let bad = 0;
    for (let index = 0; index < windowSeconds; index++) {
      good += this.#good[index] ?? 0;
      bad += this.#bad[index] ?? 0;
    }
    return { good, bad };
  }

  /** Begins a call; true when it is the one that probes. Each call must be ended. */
  begin(nowMs: number): boolean {
    if (this.state(nowMs) !== "half-open") return false;
    this.#probing = true;
    return true;
  }

  /** Ends a call that says nothing about the place. */
  end(probe: boolean): void {
    if (probe) this.#probing = false;
  }

  /** Ends a call that went well. Only one that began while the place was out closes it; others are echoes. */
  succeed(nowMs: number, startedMs: number, probe: boolean): void {
    this.end(probe);
    this.#turn(nowMs);
    this.#good[this.#second % windowSeconds] = (this.#good[this.#second % windowSeconds] ?? 0) + 1;
    if (this.#isOpen && startedMs < this.#changedMs) return;
    this.#inRow = 0;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#changedMs = nowMs;
    this.#good.fill(0);
    this.#bad.fill(0);
  }

  /** Ends a call that failed. */
  fail(nowMs: number, probe: boolean): void {
    this.end(probe);
    this.#turn(nowMs);
    this.#inRow += 1;
    this.#bad[this.#second % windowSeconds] = (this.#bad[this.#second % windowSeconds] ?? 0) + 1;
    if (probe || (!this.#isOpen && this.#tooMany(nowMs))) this.#open(nowMs);
  }

  #tooMany(nowMs: number): boolean {
    const { breakAfter, breakShare, breakSamples } = this.#settings;
    if (this.#inRow >= breakAfter) return true;
    const { good, bad } = this.recent(nowMs);
    return good + bad >= breakSamples && bad >= breakShare * (good + bad);
  }

  #open(nowMs: number): void {
    const { openMs, longestOpenMs } = this.#settings;
    if (!this.#isOpen) {
      this.#openings = Math.max(0, this.#openings - Math.floor((nowMs - this.#changedMs) / forgiveMs));
      this.#changedMs = nowMs;
    }
    this.#isOpen = true;
    this.#untilMs = nowMs + Math.min(longestOpenMs, openMs * 2 ** this.#openings);
    this.#openings = Math.min(this.#openings + 1, 30);
  }

  /** Empties the counts of seconds that have gone by. */
  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    for (let gone = Math.max(this.#second, second - windowSeconds); gone < second; gone++) {
      this.#good[(gone + 1) % windowSeconds] = 0;
      this.#bad[(gone + 1) % windowSeconds] = 0;
    }
    this.#second = Math.max(this.#second, second);
  }
}
