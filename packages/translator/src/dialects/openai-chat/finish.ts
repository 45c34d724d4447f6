import type { FailureKind } from "../../messages/failure.ts";

/** What a finish reason means: a normal end, the token limit, the provider's filter, or a failure. */
export type Finish =
  | { readonly end: "stop" | "length" | "refusal" }
  | { readonly end: "failure"; readonly kind: FailureKind; readonly message: string };

const stop: Finish = { end: "stop" };
const length: Finish = { end: "length" };
const refusal: Finish = { end: "refusal" };

const finishes: ReadonlyMap<string, Finish> = new Map<string, Finish>([
  ["stop", stop],
  ["tool_calls", stop],
  ["tool_call", stop],
  ["function_call", stop],
  ["tool_use", stop],
  ["eos", stop],
  ["eos_token", stop],
  ["end_turn", stop],
  ["stop_sequence", stop],
  ["complete", stop],
  ["completed", stop],
  ["length", length],
  ["max_tokens", length],
  ["max_output_tokens", length],
  ["model_length", length],
  ["content_filter", refusal],
  ["content_filtered", refusal],
  ["safety", refusal],
  ["refusal", refusal],
  ["sensitive", refusal],
  ["prohibited_content", refusal],
  ["recitation", refusal],
  [
    "insufficient_system_resource",
    { end: "failure", kind: "overloaded", message: "The provider ran out of resources while it was answering." },
  ],
]);

/**
 * Reads a finish reason. One that nobody knows is a failure: taking it for a normal end would pass off
 * `error`, `abort` and whatever else is invented as a complete answer.
 */
export function readFinish(reason: string): Finish {
  const known = finishes.get(reason.toLowerCase());
  if (known !== undefined) return known;
  const shown = reason.slice(0, 80);
  return {
    end: "failure",
    kind: "server-error",
    message: `The provider broke the answer off (finish_reason "${shown}").`,
  };
}
