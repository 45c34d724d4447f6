import type { Deadlines } from "../transport.ts";
import { createDueWatch, type DueWatch } from "./due-watch.ts";

/** How often deadlines are looked at that end so late, or sooner. */
const coarse = { fromMs: 10_000, everyMs: 500 } as const;
const fineMs = 10;

/** A watch for deadlines that may end soon, and one for all others, each started when it is first wanted. */
export class DueWatches {
  readonly #clock: () => number;
  readonly #watches = new Map<number, DueWatch>();

  /** `clock` gives milliseconds and only goes forward. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The watch that looks often enough for the soonest of these. */
  of({ firstByteMs, idleMs, totalMs }: Deadlines): DueWatch {
    const everyMs = Math.min(firstByteMs, idleMs, totalMs) < coarse.fromMs ? fineMs : coarse.everyMs;
    const known = this.#watches.get(everyMs);
    if (known !== undefined) return known;
    const watch = createDueWatch({ everyMs, clock: this.#clock });
    this.#watches.set(everyMs, watch);
    return watch;
  }

  /** Watches no longer. */
  close(): void {
    for (const watch of this.#watches.values()) watch.close();
  }
}
