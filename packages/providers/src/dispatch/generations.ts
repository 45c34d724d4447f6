/** How much {@link Generations} keeps and for how long. */
export interface GenerationLimits {
  /** Entries at most, about half of which survive a flood of new ones when they are used. */
  readonly size: number;
  /** An entry is forgotten when nobody has asked for it for this long, or for up to twice as long. */
  readonly idleMs: number;
}

/**
 * A map whose size is bounded and whose unused entries are forgotten, at no cost for each use. It holds two
 * generations: what is used moves to the young one, and the old one is dropped whole when the young is full or aged.
 */
export class Generations<V> {
  readonly #limits: GenerationLimits;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #bornMs = Number.NEGATIVE_INFINITY;

  constructor(limits: GenerationLimits) {
    this.#limits = limits;
  }

  get(key: string, nowMs: number): V | undefined {
    const found = this.#young.get(key);
    if (found !== undefined || this.#old.size === 0) return found;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older, nowMs);
    return older;
  }

  /** The entry, made when there is none. */
  ensure(key: string, nowMs: number, make: () => V): V {
    const found = this.get(key, nowMs);
    if (found !== undefined) return found;
    const made = make();
    this.set(key, made, nowMs);
    return made;
  }

  set(key: string, value: V, nowMs: number): void {
    const { size, idleMs } = this.#limits;
    if (this.#young.size * 2 >= size || nowMs - this.#bornMs >= idleMs) {
      // What has been left alone for two generations' time has nobody in either.
      this.#old = nowMs - this.#bornMs >= 2 * idleMs ? new Map() : this.#young;
      this.#young = new Map();
      this.#bornMs = nowMs;
    }
    this.#young.set(key, value);
    this.#old.delete(key);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  entries(): [string, V][] {
    return [...this.#old, ...this.#young];
  }
}
