import type { DuePartitions } from "./due-partitions.ts";
import type { PartitionFiller } from "./partition-filler.ts";

/** What a watch for losses needs. */
export interface LossWatchOptions {
  readonly due: Pick<DuePartitions, "noted">;
  readonly filler: Pick<PartitionFiller, "fillIfLost">;
}

/** More than one for each node of a cluster. */
const lookedAtOnce = 16;
const againMs = 1000;

/**
 * Has partitions filled that Redis has lost before somebody asks for them: one that is missing is seldom the only one. So
 * who comes some moments after a loss finds nothing of it.
 */
export class LossWatch {
  readonly #options: LossWatchOptions;
  #next = 0;
  #looking: Promise<void> | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: LossWatchOptions) {
    this.#options = options;
  }

  /** Looks at some of the partitions that this process uses, others each time, and at all when one of them is lost. */
  async look(): Promise<void> {
    const partitions = this.#options.due.noted();
    if (this.#next >= partitions.length) this.#next = 0;
    const some = partitions.slice(this.#next, this.#next + lookedAtOnce);
    this.#next += lookedAtOnce;
    const lost = await Promise.all(some.map((partition) => this.#options.filler.fillIfLost(partition)));
    if (!lost.includes(true)) return;
    // It may have been lost since the others were looked at.
    await this.#looking;
    this.#looking ??= this.#lookAtAll();
  }

  /** Looks at all, unless that is being done or was a moment ago. */
  suspect(): void {
    if (performance.now() - this.#lookedMs < againMs) return;
    this.#looking ??= this.#lookAtAll();
  }

  async #lookAtAll(): Promise<void> {
    const { due, filler } = this.#options;
    await Promise.all(due.noted().map((partition) => filler.fillIfLost(partition)));
    this.#looking = undefined;
    this.#lookedMs = performance.now();
  }
}
