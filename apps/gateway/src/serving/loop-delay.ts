/** How far behind this process is: whatever it has read may have lain there for so long. */
export interface LoopDelay {
  /** The longest delay of the last one to two seconds, and of this moment, in milliseconds. */
  readonly mostMs: number;
  close(): void;
}

const beatMs = 20;
const periodMs = 1_000;

/**
 * Starts watching the event loop. Who asks first after the process stood still is told as well: what came meanwhile is read
 * before any timer runs.
 */
export function watchLoopDelay(): LoopDelay {
  let [beatAtMs, periodAtMs, beforeMs, latestMs] = [performance.now(), performance.now(), 0, 0];
  const mostOfLateMs = (nowMs: number): number => Math.max(latestMs, nowMs - beatAtMs - beatMs);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    latestMs = mostOfLateMs(nowMs);
    beatAtMs = nowMs;
    if (nowMs - periodAtMs < periodMs) return;
    [beforeMs, latestMs, periodAtMs] = [latestMs, 0, nowMs];
  }, beatMs);
  timer.unref();
  return {
    get mostMs() {
      return Math.max(beforeMs, mostOfLateMs(performance.now()));
    },
    close() {
      clearInterval(timer);
    },
  };
}
