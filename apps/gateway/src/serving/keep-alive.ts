import { createDueWatch, type DueWatch, type DueWatchOptions } from "@drawbridge/providers/node";

/** Watches all open answers, among other things for those that have been silent for long. */
export interface KeepAlive extends DueWatch {
  /** How long a stream may be silent. */
  readonly silenceMs: number;
}

/** What a {@link KeepAlive} is made of. */
export interface KeepAliveOptions extends Pick<DueWatchOptions, "clock"> {
  readonly silenceMs: number;
}

/** Starts a watch; it looks four times within `silenceMs`, and twice a second at least. */
export function createKeepAlive({ silenceMs, clock }: KeepAliveOptions): KeepAlive {
  const everyMs = Math.max(5, Math.min(500, silenceMs / 4));
  return { silenceMs, ...createDueWatch({ everyMs, clock }) };
}
