import type { UpstreamFailure } from "../messages/failure.ts";

const leastAnswerTokens = 256;
/** Tokens left free, because providers count a little differently from one request to the next. */
const marginTokens = 64;

/** How many tokens an answer may have where prompt and answer together were too long; undefined when too few are left. */
export function roomForAnswer({ limitTokens, inputTokens }: UpstreamFailure): number | undefined {
  if (limitTokens === undefined || inputTokens === undefined) return undefined;
  const room = limitTokens - inputTokens - marginTokens;
  return room < leastAnswerTokens ? undefined : room;
}
