import type { FailureKind } from "@drawbridge/translator";

/** Why a place is asked: first of all, after another place failed, once more, beside a slow one, or as nothing else is left. */
export type AttemptReason = "first" | "failover" | "retry" | "hedge" | "last-resort";

/**
 * How a call ended: `lost` is one that another call of the same request was quicker than, `declined` one that was not
 * made, since this request may not go there.
 */
export type AttemptOutcome = "ok" | "failed" | "aborted" | "lost" | "declined";

/** Where one call goes. */
export interface Route<T, C> {
  readonly target: T;
  readonly credential: C;
  /** Counted from 1 within the request. */
  readonly attempt: number;
  readonly reason: AttemptReason;
  /** Ends the call, also after its first content: the client left, or another call was quicker. */
  readonly signal: AbortSignal;
  /** How long a stream should be waited for, until its first content, while `hasNext` holds. */
  readonly firstContentMs: number;
  /** True while the request may still go to another place instead. */
  readonly hasNext: () => boolean;
}

/** One call to a provider, as recorded. */
export interface Attempt {
  /** Counted from 1 within the request. */
  readonly attempt: number;
  readonly reason: AttemptReason;
  readonly provider: string;
  readonly model: string;
  /** The credential's name. */
  readonly credential: string;
  /** In epoch milliseconds. */
  readonly startedMs: number;
  /** Until the first content, or until it failed. */
  readonly latencyMs: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status of the provider's answer, when it failed with one. */
  readonly status?: number | undefined;
  /** What went wrong, unless nothing did. */
  readonly kind?: FailureKind | undefined;
}

/** The names that one place is known by: a model at a provider, asked with a credential. */
export interface Place {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
}
