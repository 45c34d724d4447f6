import type { Metered, TranslationContext } from "../../dialects/dialect.ts";
import { readSpokenFailure } from "../../dialects/openai-chat/errors.ts";
import { settleUsage, type ReportedUsage } from "../../dialects/openai-chat/usage.ts";
import { isLoose, type Loose } from "../../json/loose.ts";
import type { StopReason } from "../../messages/events.ts";
import { bytesPerToken } from "../../messages/input-estimates.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";

/** What of a chat completion is read in passing. */
export type PassedChunk = Loose<"choices" | "usage" | "error" | "model" | "service_tier">;

/** What an answer in passing depends on. */
export interface PassedRequest {
  readonly context: TranslationContext;
  /** True when the usage chunk of a stream is for the client too. */
  readonly includeUsage: boolean;
  readonly requestBytes: number;
}

/** What an answer came to; estimated where the server did not count. */
export function meteredOf(
  reported: ReportedUsage | undefined,
  finish: string | undefined,
  { requestBytes, answerChars }: { readonly requestBytes: number; readonly answerChars: number },
): Metered {
  const usage = settleUsage(reported, {
    inputTokens: () => Math.ceil(requestBytes / bytesPerToken),
    outputTokens: () => Math.ceil(answerChars / bytesPerToken),
  });
  return { usage, stopReason: finish === undefined ? undefined : (stopReasons.get(finish) ?? "end_turn") };
}

const stopReasons = new Map<string, StopReason>([
  ["length", "max_tokens"],
  ["tool_calls", "tool_use"],
  ["function_call", "tool_use"],
  ["content_filter", "refusal"],
]);

/** Why a whole body or a chunk is none of an answer; undefined when it is one. */
export function failureIn(value: unknown): UpstreamFailure | undefined {
  const isAnswer = isLoose<keyof PassedChunk>(value) && Array.isArray(value.choices) && !value.error;
  if (isAnswer) return undefined;
  return readSpokenFailure(value) ?? { kind: "malformed", message: "The provider's answer is not a chat completion." };
}
