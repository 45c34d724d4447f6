import type { UpstreamFailure } from "../messages/failure.ts";

/** One step of a stream as a plain state machine: no promises, no controllers, no clocks. */
export interface Stage<In, Out> {
  /** Takes one item in and yields every item it completes. */
  push(item: In): Iterable<Out>;
  /** Runs once, after the last item; yields whatever was still open. */
  end(): Iterable<Out>;
  /** Runs instead of `end` when the source breaks, so that the reader still gets a well-formed ending. */
  fail(failure: UpstreamFailure): Iterable<Out>;
}

/** Feeds everything `first` yields into `second`. */
export function pipe<A, B, C>(first: Stage<A, B>, second: Stage<B, C>): Stage<A, C> {
  return {
    *push(item) {
      for (const middle of first.push(item)) yield* second.push(middle);
    },
    *end() {
      for (const middle of first.end()) yield* second.push(middle);
      yield* second.end();
    },
    *fail(failure) {
      for (const middle of first.fail(failure)) yield* second.push(middle);
      yield* second.fail(failure);
    },
  };
}
