import type { Deadlines } from "../transport.ts";
import { createDueWatch, type DueWatch } from "./due-watch.ts";

/** How often deadlines are looked at that end so late, or sooner. */
const coarse = { fromMs: 10_000, everyMs: 500 } as const;
const fineMs = 10;

/** A watch for calls that have a deadline which may end soon, and one for all others. */
export class DueWatches {
  readonly #coarse: DueWatch;
  readonly #fine: DueWatch;

  /** `clock` gives milliseconds and only goes forward. */
  constructor(clock: () => number) {
    this.#coarse = createDueWatch({ everyMs: coarse.everyMs, clock });
    this.#fine = createDueWatch({ everyMs: fineMs, clock });
  }

  /** The watch that looks often enough for the soonest of these. */
  of({ firstByteMs, idleMs, totalMs }: Deadlines): DueWatch {
    return Math.min(firstByteMs, idleMs, totalMs) < coarse.fromMs ? this.#fine : this.#coarse;
  }

  /** Looks no longer. */
  close(): void {
    this.#coarse.close();
    this.#fine.close();
  }
}
