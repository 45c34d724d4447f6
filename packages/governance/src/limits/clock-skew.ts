/** When a store was asked and when it answered, by the clock here, and the time that the store said. */
export interface HeardTime {
  readonly sentMs: number;
  readonly receivedMs: number;
  readonly storeMs: number;
}

/**
 * How far the time of a store is ahead of a clock here. Each answer says between what it must be; an answer that took long,
 * since the network or this process stood still, says little and changes nothing.
 */
export class ClockSkew {
  #ms = 0;

  /** In ms; 0 until something else was heard. */
  get ms(): number {
    return this.#ms;
  }

  /** Takes what an answer says. */
  heard({ sentMs, receivedMs, storeMs }: HeardTime): void {
    // A clock that was set back meanwhile says nothing.
    if (receivedMs < sentMs) return;
    this.#ms = Math.min(Math.max(this.#ms, storeMs - receivedMs), storeMs - sentMs);
  }
}
