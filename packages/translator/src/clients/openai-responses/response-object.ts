import type { UsageSoFar } from "../shared/usage-so-far.ts";
import type { OpenAiError } from "../shared/openai-errors.ts";
import type { ResponseSettings } from "./response-settings.ts";

/** What is known of an answer when it is written down. */
export interface ResponseState {
  readonly id: string;
  readonly model: string;
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly usage: UsageSoFar | undefined;
  readonly error?: OpenAiError;
  readonly incompleteReason?: "max_output_tokens" | "content_filter";
}

/**
 * An answer as an object, at whatever stage, without its output. Settings are repeated as they were asked for.
 * Source: `Response` in openai-node.
 */
export function responseObject({ told }: ResponseSettings, createdAtSeconds: number, state: ResponseState): object {
  const { id, status, error, incompleteReason, model, usage } = state;
  return {
    id,
    object: "response",
    created_at: createdAtSeconds,
    status,
    background: false,
    error: error === undefined ? null : { code: error.code ?? "server_error", message: error.message },
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    instructions: null,
    model,
    previous_response_id: null,
    service_tier: "default",
    store: false,
    tools: [],
    truncation: "disabled",
    usage: usage === undefined ? null : responsesUsage(usage),
    ...told,
  };
}

/** Source: `ResponseUsage` in openai-node. */
function responsesUsage(soFar: UsageSoFar): object {
  const { inputTokens, cacheWriteTokens } = soFar;
  const { outputTokens, cacheReadTokens, thinkingTokens } = soFar.usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: thinkingTokens },
    total_tokens: inputTokens + outputTokens,
  };
}
