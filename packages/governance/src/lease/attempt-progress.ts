import { leastAmounts } from "../limits/amounts.ts";
import type { Amounts } from "../limits/limit.ts";
import type { LeaseMode } from "./lease-request.ts";

/** How far an attempt has come. */
export interface AttemptProgress {
  /** Input tokens, as they were counted or at most. */
  readonly inputTokens: number;
  /** What may have been written by now. */
  readonly outputTokens: number;
  /** The most output tokens that are written in a millisecond; undefined where that is not known. */
  readonly tokensPerMs?: number | undefined;
  /** What it costs with so many output tokens. */
  readonly nanoUsd: (outputTokens: number) => number;
}

/** So long after it was told how far an attempt has come, it is told again, though that may fail for a while. */
const toldAgainMs = 2_000;

/** What is held for an attempt, and how. */
export interface HeldShare {
  readonly share: Amounts;
  readonly mode: LeaseMode;
  /** Output tokens that are held at a time. */
  readonly slice: number;
}

/**
 * What an attempt is charged with should its process be gone from now on: the input, what has come, and what can be written
 * until that is told again, or another slice where nobody knows how fast it is. By limits that hold strictly it is all that
 * the answer may have: one that stands still and comes back may find that its provider has written all of it, and others
 * would have used the room.
 */
export function chargeAt(
  { inputTokens, outputTokens, tokensPerMs, nanoUsd }: AttemptProgress,
  { share, mode, slice }: HeldShare,
): Amounts {
  const ahead = tokensPerMs === undefined ? slice : Math.ceil(tokensPerMs * toldAgainMs);
  const most = mode === "strict" ? share.outputTokens : Math.min(share.outputTokens, outputTokens + ahead);
  return leastAmounts({ inputTokens, outputTokens: most, nanoUsd: nanoUsd(most) }, share);
}
