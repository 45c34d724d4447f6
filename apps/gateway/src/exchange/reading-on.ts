/** Answers that are read on although their clients have left, so that the provider tells what they cost. */
export interface ReadingOn {
  /** A client has left: what it asked for ends at once, or in so long. */
  leave(call: AbortController, readOnMs: number): void;
  /** It is over. */
  forget(call: AbortController): void;
}

/** Each holds a connection to a provider and writes what nobody reads. */
const usualMost = 256;

/** Reads on so many answers at once at most; of more, what they cost is an estimate. */
export function readingOn(most = usualMost): ReadingOn {
  const timers = new Map<AbortController, NodeJS.Timeout>();
  return {
    leave(call, readOnMs) {
      if (readOnMs === 0 || timers.size >= most) call.abort();
      else timers.set(call, setTimeout(() => call.abort(), readOnMs).unref());
    },
    forget(call) {
      clearTimeout(timers.get(call));
      timers.delete(call);
    },
  };
}
