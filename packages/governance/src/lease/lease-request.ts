import type { AttemptProgress } from "./attempt-progress.ts";
import type { LimitScope } from "../limits/limit-scope.ts";

/** On whose account a request runs; a `Principal` is one. */
export interface LeaseHolder {
  readonly keyId: string;
  readonly keyName: string;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly customer?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** What all its scopes are kept together under. */
  readonly partition: string;
  /** Those that must have room for any request. */
  readonly scopes: readonly LimitScope[];
  /** Those that must have room besides for what goes to one provider; of the same partition. */
  scopesAt(provider: string): readonly LimitScope[];
  /** How its requests are held, where that differs from what the governance does otherwise. */
  readonly terms?: Partial<LeaseTerms> | undefined;
}

/** The most that one call can take, at the dearest of the places it may go to. */
export interface RequestBound {
  /** All kinds of input together. */
  readonly inputTokens: number;
  /** What the answer may have at most: the request's `max_tokens`, or what the models can write. */
  readonly outputTokens: number;
  /** The most that it costs with so many output tokens: whole nano-USD, never less for more of them. */
  readonly nanoUsd: (outputTokens: number) => number;
}

/**
 * How much is held for an answer: the whole bound (`strict`), so that no limit is ever passed, or the input and a slice of
 * output at a time (`incremental`), so that the worst case of one request does not keep others out.
 */
export type LeaseMode = "strict" | "incremental";

/** What becomes of an answer when nothing more can be held for it: it ends there, or goes on beyond the limit. */
export type WhenSpent = "cut" | "run";

/** By which rules a request is held. */
export interface LeaseTerms {
  readonly mode: LeaseMode;
  readonly whenSpent: WhenSpent;
}

/** A request that wants to begin. */
export interface LeaseRequest {
  /** The request's id, minted by whoever runs the gateway and never taken from a client; one is minted when missing. */
  readonly id?: string | undefined;
  readonly holder: LeaseHolder;
  readonly modelAsked: string;
  /** The client's name for its session, for the book. */
  readonly sessionId?: string | undefined;
  readonly bound: RequestBound;
  /** Where they differ from the governance's own and the holder's. */
  readonly terms?: Partial<LeaseTerms> | undefined;
  /** By which rules it is charged should its gateway be gone, where it is held in full for another reason than a limit. */
  readonly charged?: LeaseMode | undefined;
  /**
   * How far its first call has come when it is about to be sent, whichever place that goes to: what it is charged with should
   * its gateway be gone before that has told more. Without it, or where that gives nothing, it is all that is held.
   */
  readonly expected?: (() => AttemptProgress | undefined) | undefined;
}

/** One place that a request is sent to. */
export interface AttemptPlace {
  readonly provider: string;
  /** The provider's own name of the model. */
  readonly model: string;
  /** The credential's name. */
  readonly credential: string;
  /** Where it is known better than for the whole request. */
  readonly bound?: RequestBound | undefined;
}
