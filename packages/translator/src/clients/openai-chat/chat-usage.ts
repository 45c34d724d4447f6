import type { UsageSoFar } from "../shared/usage-so-far.ts";

/** Usage as chat completions carry it. Source: `CompletionUsage` in openai-node. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens?: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** Writes an answer's usage. */
export function chatUsage(soFar: UsageSoFar): ChatUsage {
  const { inputTokens, cacheWriteTokens } = soFar;
  const { outputTokens, cacheReadTokens, thinkingTokens } = soFar.usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens,
      ...(cacheWriteTokens > 0 ? { cache_write_tokens: cacheWriteTokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: thinkingTokens },
  };
}
