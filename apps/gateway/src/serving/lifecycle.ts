/** Counts what is in flight, so that a shutdown can wait for it. */
export interface Lifecycle {
  /** True once a shutdown has begun: new exchanges are refused and `/readyz` says so. */
  readonly draining: boolean;
  readonly inFlight: number;
  /** Counts one exchange; call what it returns when the exchange is over. */
  enter(): () => void;
  /** Begins the shutdown. Resolves to true when nothing is in flight any more, to false when `limitMs` ran out first. */
  drain(limitMs: number): Promise<boolean>;
}

/** A lifecycle that is ready and idle. */
export function createLifecycle(): Lifecycle {
  let draining = false;
  let inFlight = 0;
  let idle: (() => void) | undefined;

  return {
    get draining() {
      return draining;
    },
    get inFlight() {
      return inFlight;
    },
    enter() {
      inFlight += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        inFlight -= 1;
        if (inFlight === 0) idle?.();
      };
    },
    drain(limitMs) {
      draining = true;
      if (inFlight === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), limitMs);
        idle = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    },
  };
}
