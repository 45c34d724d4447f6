import type { Usage } from "./usage.ts";

/** What two calls come to together; estimated, or of another price, as soon as one of them is. */
export function addUsage(first: Usage, second: Usage): Usage {
  const tiers = first.tiers ?? second.tiers;
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
    cacheReadTokens: first.cacheReadTokens + second.cacheReadTokens,
    cacheWrite5mTokens: first.cacheWrite5mTokens + second.cacheWrite5mTokens,
    cacheWrite1hTokens: first.cacheWrite1hTokens + second.cacheWrite1hTokens,
    thinkingTokens: first.thinkingTokens + second.thinkingTokens,
    webSearchRequests: first.webSearchRequests + second.webSearchRequests,
    estimated: first.estimated || second.estimated,
    ...((first.inputEstimated ?? second.inputEstimated) && { inputEstimated: true as const }),
    ...(tiers !== undefined && { tiers }),
  };
}
