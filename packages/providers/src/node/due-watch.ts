import { type Listed, Roster } from "./roster.ts";

/** Something that is to be done about what is under way when it takes too long. Times are milliseconds of the same clock. */
export interface Watched extends Listed {
  /** When that is to be done. May change at any time. */
  readonly dueMs: number;
  /** Called at that time or a little later, and again until `dueMs` has moved on. */
  onDue(): void;
}

/** Watches all that is under way with one timer, so that none of it costs a timer of its own, and moving a deadline nothing. */
export interface DueWatch {
  /** The time on the clock of what is watched. */
  now(): number;
  watch(one: Watched): void;
  forget(one: Watched): void;
  /** Watches no longer. */
  close(): void;
}

/** What a {@link DueWatch} is made of. */
export interface DueWatchOptions {
  /** How often it looks: so much later than due it may be noticed. */
  readonly everyMs: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly clock: () => number;
}

/** Starts a watch, which keeps no process alive. */
export function createDueWatch({ everyMs, clock }: DueWatchOptions): DueWatch {
  const underWay = new Roster<Watched>();
  const timer = setInterval(() => {
    const now = clock();
    underWay.forEach((one) => {
      if (one.dueMs <= now) one.onDue();
    });
  }, everyMs);
  timer.unref();
  return {
    now: clock,
    watch: (one) => underWay.add(one),
    forget: (one) => void underWay.delete(one),
    close: () => clearInterval(timer),
  };
}
