/** Token counts of one exchange. The four kinds of input are disjoint: their sum is what the model read. */
export interface Usage {
  /** Input read at full price: neither from a cache nor written to one. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  /** The part of `outputTokens` that was reasoning. */
  readonly thinkingTokens: number;
  readonly webSearchRequests: number;
  /** True when the provider reported nothing and the counts are this package's estimate. */
  readonly estimated: boolean;
  /** There and true when the input is part of that estimate: a provider that counts it first may break off all the same. */
  readonly inputEstimated?: true;
  /** Words of the provider for what makes the tokens cost otherwise than usual: `priority`, `fast`, `us`. */
  readonly tiers?: readonly string[];
}

/** The usage of an exchange in which nothing was read or written. */
export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  thinkingTokens: 0,
  webSearchRequests: 0,
  estimated: false,
};

/** Usage as it stands on the wire of the Messages API. Source: `Usage` in anthropic-sdk-typescript. */
export interface WireUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  };
  readonly output_tokens_details?: { readonly thinking_tokens: number };
  readonly server_tool_use?: { readonly web_search_requests: number };
  readonly service_tier?: string | null;
  readonly speed?: string | null;
  readonly inference_geo?: string | null;
  /** What each call came to, where an answer took several; the tokens of a compaction are told here alone. */
  readonly iterations?: readonly UsageIteration[];
}

/** Source: `BetaIterationsUsage` in anthropic-sdk-typescript. */
export interface UsageIteration extends Pick<
  WireUsage,
  "input_tokens" | "output_tokens" | "cache_read_input_tokens" | "cache_creation_input_tokens"
> {
  readonly type: "compaction" | "message";
  readonly cache_creation: WireUsage["cache_creation"] | null;
}
