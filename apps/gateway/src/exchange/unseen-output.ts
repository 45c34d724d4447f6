/** How far an answer had come when it was left. */
export interface HeardOutput {
  /** Output tokens that were heard. */
  readonly written: number;
  /** How long these took, in milliseconds. */
  readonly writtenMs: number;
  /** How long nothing more was read, in milliseconds. */
  readonly silentMs: number;
}

/** How long a provider writes on until it knows that nobody reads, while what it wrote before is on its way. */
const onItsWayMs = 150;
/** How fast providers write, in tokens a millisecond, until one has shown how fast it does. */
const usualSpeed = 0.2;
/** So many tokens of an answer show it, when they took so long: what is there sooner was written before it was read. */
const [shownTokens, shownMs] = [100, 200];
/** None writes faster; what comes faster was written before. */
const mostSpeed = 3;

/**
 * Output tokens that the provider may have written beyond those that were heard, at the speed of this answer or of the
 * fastest of late, whichever is more; in tokens a millisecond.
 */
export function unseenOutput({ written, writtenMs, silentMs }: HeardOutput, speedOfLate = 0): number {
  const shown = written < shownTokens || writtenMs < shownMs ? 0 : written / writtenMs;
  const speed = Math.min(mostSpeed, Math.max(speedOfLate, shown) || usualSpeed);
  return Math.ceil((silentMs + onItsWayMs) * speed);
}
