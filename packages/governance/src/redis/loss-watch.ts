import type { DuePartitions } from "./due-partitions.ts";
import type { PartitionFiller } from "./partition-filler.ts";

/** What a watch for losses needs. */
export interface LossWatchOptions {
  readonly due: Pick<DuePartitions, "noted">;
  readonly filler: Pick<PartitionFiller, "fillIfLost">;
}

/** More than one for each node of a cluster. */
const lookedAtOnce = 16;
/** Whoever was told to fill a partition has done so by then, or is gone. */
const againMs = 1000;
const mostLooks = 5;

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
    const found = await Promise.all(some.map((partition) => this.#options.filler.fillIfLost(partition)));
    if (!found.includes("filled") && !found.includes("elsewhere")) return;
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
    const left = await this.#fill(this.#options.due.noted());
    this.#looking = undefined;
    this.#lookedMs = performance.now();
    if (left.length > 0) void this.#lookAgain(left);
  }

  /** One that another process was to fill, or that could not be filled, may have been left by everybody. */
  async #lookAgain(partitions: readonly string[]): Promise<void> {
    let left = partitions;
    for (let looks = 0; left.length > 0 && looks < mostLooks; looks++) {
      await pause(againMs);
      left = await this.#fill(left);
    }
  }

  /** Those of which it is not known that they are there now. */
  async #fill(partitions: readonly string[]): Promise<readonly string[]> {
    const { filler } = this.#options;
    const found = await Promise.all(
      partitions.map(async (partition) => ({ partition, found: await filler.fillIfLost(partition) })),
    );
    return found
      .filter((one) => one.found === "elsewhere" || one.found === "unknown")
      .map(({ partition }) => partition);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
