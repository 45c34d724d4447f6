/** How far an answer had come when it was left. */
export interface HeardOutput {
  /** Output tokens that were heard. */
  readonly written: number;
  /** How long these took, in milliseconds. */
  readonly writtenMs: number;
  /** How long nothing more was read, in milliseconds. */
  readonly silentMs: number;
  /** True for an answer that comes whole: the time of others like it is not all writing, so it may be faster than they seem. */
  readonly isWhole?: boolean;
}

/** How long a provider writes on until it knows that nobody reads, while what it wrote before is on its way. */
const onItsWayMs = 150;
/** How fast providers write, in tokens a millisecond, until one has shown how fast it does. */
const usualSpeed = 0.2;
/** Longer whole answers are faster by their own clock than shorter ones, of which more is waiting. */
const wholeMargin = 1.25;
/** So many tokens of an answer show it, when they took so long: what is there sooner was written before it was read. */
const [shownTokens, shownMs] = [100, 200];
/** None writes faster; what comes faster was written before. */
const mostSpeed = 3;

/**
 * The most tokens that an answer grows by in a millisecond: at its own speed or that of the fastest of late, whichever is more.
 */
export function outputSpeed({ written, writtenMs, isWhole = false }: HeardOutput, speedOfLate = 0): number {
  const shown = written < shownTokens || writtenMs < shownMs ? 0 : written / writtenMs;
  const speed = Math.min(mostSpeed, Math.max(speedOfLate, shown) || usualSpeed);
  return isWhole ? speed * wholeMargin : speed;
}

/** Output tokens that the provider may have written beyond those that were heard. */
export function unseenOutput(heard: HeardOutput, speedOfLate = 0): number {
  return Math.ceil((heard.silentMs + onItsWayMs) * outputSpeed(heard, speedOfLate));
}
