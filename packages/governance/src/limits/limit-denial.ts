import type { Denial, DenialCode } from "../errors.ts";
import { explainRefusal } from "./explain-refusal.ts";
import type { LimitRefusal } from "./limit-store.ts";

/** Why a limit refuses a request. */
export type LimitDenialCode = Extract<
  DenialCode,
  "budget-spent" | "quota-spent" | "rate-limited" | "too-many-running" | "request-too-large"
>;

/** A refusal by a limit: which one, how it stands, and when asking again can help. */
export interface LimitDenial extends Denial {
  readonly code: LimitDenialCode;
  readonly refusal: LimitRefusal;
  /** Whole seconds; undefined when waiting is of no use, or longer than a client should wait by itself. */
  readonly retryAfterSeconds: number | undefined;
}

/** Clients give up at once when they are told to wait longer: Claude Code, and the SDKs of Anthropic and OpenAI. */
const longestWaitSeconds = 60;
/** A rate counts a minute in seconds, so that a whole one is free again up to a second after a minute. */
const grainMs = 1_000;
/** What is held by requests that run comes back when they end, which is soon for most. */
const whileRunningSeconds = 2;

/**
 * What a refusal means for whoever asked. A *rate* gives room again within a minute, so asking again then is right.
 * What running requests hold comes back sooner than any limit resets. A *spent* budget or quota is final until somebody
 * raises it or its period ends.
 */
export function denyByLimit(refusal: LimitRefusal, nowMs: number): LimitDenial {
  const { limit, used, need, resetsAtMs } = refusal;
  const denial = (code: LimitDenialCode, retryAfterSeconds?: number): LimitDenial => {
    return { code, reason: explainRefusal(refusal), refusal, retryAfterSeconds };
  };
  const isMoney = limit.of === "nanoUsd" && limit.window.kind !== "request";
  if (need > limit.amount) return denial(isMoney ? "budget-spent" : "request-too-large");
  const waitMs = Math.max(0, (resetsAtMs ?? Number.POSITIVE_INFINITY) - nowMs);
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  if (used + need <= limit.amount) return denial("too-many-running", Math.min(seconds, whileRunningSeconds));
  if (waitMs <= longestWaitSeconds * 1_000 + grainMs) {
    return denial("rate-limited", Math.min(seconds, longestWaitSeconds));
  }
  return denial(isMoney ? "budget-spent" : "quota-spent");
}
