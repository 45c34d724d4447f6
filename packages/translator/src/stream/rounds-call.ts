import type { Metered, Translation } from "../dialects/dialect.ts";
import type { StreamEvent } from "../messages/events.ts";
import type { Usage } from "../messages/usage.ts";
import type { SearchOutcome, SearchQuery } from "../search/web-search.ts";

/** Makes one answer out of those of several calls to a model. */
export interface RoundsAnswer {
  /** True once the client has the whole answer, or has been told why there is none. */
  readonly finished: boolean;
  /** True when another call may follow the present one. */
  readonly searching: boolean;
  /** True when nothing of the present call's answer is for the client, so that the answer has not begun with it. */
  readonly hidden?: boolean;
  /** What is to be searched before the answer can go on, possibly nothing; undefined when no further call is waited for. */
  readonly wanted: readonly SearchQuery[] | undefined;
  /** Takes an event of the present call's answer. */
  take(event: StreamEvent): void;
  /** Ends an answer for which nobody makes a further call. */
  giveUp(): void;
  /** The events for the client since the last call. */
  drain(): readonly StreamEvent[];
}

/** The calls to a model that one answer takes: which one it is at, and what they have come to. */
export interface RoundsCall {
  readonly answer: RoundsAnswer;
  /** The translation of the present call. */
  readonly translation: Translation;
  /** Goes on to the next call, the last one having come to `usage`; gives its body, or undefined when there is none. */
  advance(found: readonly SearchOutcome[], usage: Usage): Uint8Array | undefined;
  /** What all calls have come to, the present one to `usage`. */
  metered(usage: Usage): Metered;
}
