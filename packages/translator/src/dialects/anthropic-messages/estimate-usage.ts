import type { Usage } from "../../messages/usage.ts";

/** How many times as long as usual a text can be for its tokens: blanks, rules of dashes. Whoever tells less has not counted. */
const mostBytesInTokens = 20;

/** What a provider has counted so far. */
export interface Counted {
  readonly usage: Usage;
  /** The last report, at the end of an answer, has come, and counts what was written: that of the beginning cannot. */
  readonly final: boolean;
  /** There was a report at all. */
  readonly reported: boolean;
}

/** The content that went by: bytes of its `data:` lines, and their number. */
export interface Passed {
  readonly contentBytes: number;
  readonly contentEvents: number;
}

/** JSON and field name around the text in an event of text, which has the least of both. */
const framingBytes = 86;
/** English and code come to a little more; what is charged should not be less than what was written. */
const bytesPerToken = 3.5;

/**
 * Usage for the books: what the provider counted, or, where it broke off or does not count, the tokens that the
 * bytes suggest. An answer that never began has used nothing.
 */
export function estimateUsage(counted: Counted, { contentBytes, contentEvents }: Passed, requestBytes: number): Usage {
  const { usage, final, reported } = counted;
  if (contentEvents === 0) return usage;
  const written = Math.round(Math.max(0, contentBytes - contentEvents * framingBytes) / bytesPerToken);
  if (final && reported && usage.outputTokens * mostBytesInTokens >= written) return usage;
  return {
    ...usage,
    inputTokens: reported ? usage.inputTokens : Math.ceil(requestBytes / bytesPerToken),
    outputTokens: Math.max(usage.outputTokens, written),
    estimated: true,
    ...(!reported && { inputEstimated: true as const }),
  };
}
