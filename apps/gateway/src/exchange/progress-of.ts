import type { AttemptProgress } from "@drawbridge/governance";
import { costOf, type PriceRow } from "@drawbridge/providers/models";
import type { Usage } from "@drawbridge/translator";
import { inputIn } from "./believe-usage.ts";

/**
 * What an attempt has used so far, how fast it goes on, and what it costs with more output; nothing where nobody says the
 * price.
 */
export function progressOf(usage: Usage, price: PriceRow | undefined, tokensPerMs: number): AttemptProgress {
  const nanoUsd = (outputTokens: number): number =>
    price === undefined ? 0 : costOf(price, { ...usage, outputTokens }).nanoUsd;
  return { inputTokens: inputIn(usage), outputTokens: usage.outputTokens, tokensPerMs, nanoUsd };
}
