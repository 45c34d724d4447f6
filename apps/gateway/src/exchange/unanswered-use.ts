import type { Usage } from "@drawbridge/translator";
import { unansweredUsage } from "./believe-usage.ts";
import type { KnownRequest } from "./input-rates.ts";
import type { GatewayBound } from "./request-bound.ts";
import type { RequestRates, TokenRates } from "./token-rates.ts";
import { unseenOutput } from "./unseen-output.ts";

/** A request of which nothing has come, as far as its output goes. */
export interface Unanswered {
  readonly inputTokens: number;
  /** How long it may have been written to already, in milliseconds. */
  readonly silentMs: number;
  /** True for an answer of which nothing comes before it is whole. */
  readonly isWhole: boolean;
  /** The most that its answer may have. */
  readonly mostOutput: number;
  readonly speed: TokenRates["speed"];
}

/** What a request may have used of which nothing has come. */
export function unansweredUse({ inputTokens, silentMs, isWhole, mostOutput, speed }: Unanswered): Usage {
  const unseen = unseenOutput({ written: 0, writtenMs: 0, silentMs, isWhole }, speed);
  // However long nothing was heard, no answer is longer than it may be.
  return unansweredUsage(inputTokens, Math.min(unseen, mostOutput));
}

/** The input of a request that nobody has counted: no more than of requests of late. */
export function uncountedInput(
  request: KnownRequest | undefined,
  rates: Pick<RequestRates, "most">,
  { chargedInputTokens }: Pick<GatewayBound, "chargedInputTokens">,
): number {
  if (request?.unusualTokens !== undefined) return Math.max(chargedInputTokens, request.unusualTokens);
  return Math.min(chargedInputTokens, (request && rates.most(request)) ?? chargedInputTokens);
}
