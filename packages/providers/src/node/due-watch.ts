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
  /** Looks no longer, unless something else is to be watched. */
  close(): void;
}

/** What a {@link DueWatch} is made of. */
export interface DueWatchOptions {
  /** How often it looks: so much later than due it may be noticed. */
  readonly everyMs: number;
  /** Milliseconds on a clock that only goes forward. */
  readonly clock: () => number;
}

/** So often it looks when there is nothing, before it stops. Under load there is nothing for moments only. */
const vainLooks = 20;

/** A watch, which keeps no process alive, and wakes none up for long when nothing is under way. */
export function createDueWatch({ everyMs, clock }: DueWatchOptions): DueWatch {
  const underWay = new Roster<Watched>();
  let timer: NodeJS.Timeout | undefined;
  let vain = 0;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function look(): void {
    vain = underWay.size === 0 ? vain + 1 : 0;
    if (vain === vainLooks) return stop();
    const now = clock();
    underWay.forEach((one) => {
      if (one.dueMs <= now) one.onDue();
    });
  }

  function start(): NodeJS.Timeout {
    vain = 0;
    return setInterval(look, everyMs).unref();
  }

  return {
    now: clock,
    watch(one) {
      underWay.add(one);
      timer ??= start();
    },
    forget: (one) => void underWay.delete(one),
    close: stop,
  };
}
