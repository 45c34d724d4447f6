import type { StopReason } from "../../messages/events.ts";
import { ownValue } from "../../json/own-value.ts";

/** Why an answer ended. Source: `ChatCompletion.Choice` in openai-node. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

const reasons = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  compaction: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
} as const satisfies Record<StopReason, FinishReason>;

/** The finish reason for a stop reason of the Messages API; "stop" for one that came up since. */
export function finishReason(stopReason: unknown): FinishReason {
  return (typeof stopReason === "string" ? ownValue<FinishReason>(reasons, stopReason) : undefined) ?? "stop";
}
