import { type Listed, nowhere, Roster } from "@drawbridge/providers/node";

/**
 * How far a shutdown has come. While it is "leaving", load balancers are told so and exchanges still begin; while it is
 * "draining" none begin; when it is "ended", those in flight are cut off.
 */
export type Phase = "serving" | "leaving" | "draining" | "ended";

/** Counts what is in flight, so that a shutdown can wait for it. */
export interface Lifecycle {
  readonly phase: Phase;
  readonly inFlight: number;
  /** Counts one exchange, which `cutOff` ends early; call what this returns when the exchange is over. */
  enter(cutOff: () => void): () => void;
  /** Begins the shutdown; resolves after so long, in which load balancers can notice it. */
  leave(noticeMs: number): Promise<void>;
  /** Resolves to true when nothing is in flight any more; to false when `limitMs` ran out first, and the rest was cut off. */
  drain(limitMs: number): Promise<boolean>;
}

interface InFlight extends Listed {
  readonly cutOff: () => void;
}

/** What is cut off has this long to tell its client. */
const lastWordsMs = 1_000;

/** A lifecycle that serves and is idle. */
export function createLifecycle(): Lifecycle {
  const exchanges = new Roster<InFlight>();
  let phase: Phase = "serving";
  let onIdle = (): void => undefined;

  function idleWithin(ms: number): Promise<boolean> {
    if (exchanges.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms, false);
      onIdle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  return {
    get phase() {
      return phase;
    },
    get inFlight() {
      return exchanges.size;
    },
    enter(cutOff) {
      const exchange: InFlight = { cutOff, place: nowhere };
      exchanges.add(exchange);
      return () => {
        if (exchanges.delete(exchange) && exchanges.size === 0) onIdle();
      };
    },
    async leave(noticeMs) {
      phase = "leaving";
      await new Promise((resolve) => setTimeout(resolve, noticeMs));
    },
    async drain(limitMs) {
      phase = "draining";
      if (await idleWithin(limitMs)) return true;
      phase = "ended";
      exchanges.forEach(({ cutOff }) => cutOff());
      await idleWithin(lastWordsMs);
      return false;
    },
  };
}
