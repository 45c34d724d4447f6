import { monitorEventLoopDelay } from "node:perf_hooks";

/** How far behind this process is: whatever it has read may have lain there for so long. */
export interface LoopDelay {
  /** The longest delay of the last one to two seconds, in milliseconds. */
  readonly mostMs: number;
  close(): void;
}

const resolutionMs = 10;
const periodMs = 1_000;

/** Starts watching the event loop. */
export function watchLoopDelay(): LoopDelay {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const latestMs = (): number => Math.max(0, delays.max / 1e6 - resolutionMs);
  let beforeMs = 0;
  const timer = setInterval(() => {
    beforeMs = latestMs();
    delays.reset();
  }, periodMs);
  timer.unref();
  return {
    get mostMs() {
      return Math.max(beforeMs, latestMs());
    },
    close() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
