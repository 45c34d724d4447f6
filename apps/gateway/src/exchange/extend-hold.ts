import { setTimeout as pause } from "node:timers/promises";
import type { AttemptLease, Extension } from "@drawbridge/governance";
import { GatewayError } from "../errors.ts";

/** Together as long as stores take to be back after a restart or a change of the primary. */
const [extensionsAgain, betweenExtensionsMs] = [20, 250];

/**
 * Holds more for an answer that has come to so many output tokens. A store that is away for a moment ends no answer: what is
 * held is used up first, then it is waited for. Throws a GatewayError `limits-unavailable` when it stays away.
 */
export async function extendHold(attempt: AttemptLease, written: number): Promise<Extension> {
  for (let again = 0; ; again++) {
    try {
      return await attempt.extend(written);
    } catch (cause) {
      if (written < attempt.share.outputTokens) return { granted: true };
      if (again === extensionsAgain) throw limitsAway("the limits cannot be looked up", cause);
      await pause(betweenExtensionsMs);
    }
  }
}

/** An answer that is given no further since it cannot be counted. */
export function limitsAway(why: string, cause: unknown): GatewayError {
  const message = `${why}, so Drawbridge gives no more of this answer away; ask again in a moment`;
  return new GatewayError("limits-unavailable", message, { cause, retryAfterSeconds: 1 });
}
