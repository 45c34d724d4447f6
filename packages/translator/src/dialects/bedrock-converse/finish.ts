import type { FailureKind } from "../../messages/failure.ts";

/** What a stop reason means: a way to end, or a failure. */
export type Finish =
  | { readonly end: "stop" | "stop-sequence" | "length" | "window" }
  | { readonly end: "refusal"; readonly explanation: string }
  | { readonly end: "failure"; readonly kind: FailureKind; readonly message: string };

const broken = (what: string): Finish => {
  return { end: "failure", kind: "server-error", message: `The model wrote ${what}; trying again usually helps.` };
};

/** Source: `StopReason` in @aws-sdk/client-bedrock-runtime. */
const finishes: ReadonlyMap<string, Finish> = new Map<string, Finish>([
  ["end_turn", { end: "stop" }],
  ["tool_use", { end: "stop" }],
  ["stop_sequence", { end: "stop-sequence" }],
  ["max_tokens", { end: "length" }],
  ["model_context_window_exceeded", { end: "window" }],
  ["guardrail_intervened", { end: "refusal", explanation: "A guardrail in Amazon Bedrock stopped the answer." }],
  ["content_filtered", { end: "refusal", explanation: "A content filter in Amazon Bedrock stopped the answer." }],
  ["malformed_model_output", broken("something that Amazon Bedrock could not read")],
  ["malformed_tool_use", broken("a tool call that Amazon Bedrock could not read")],
]);

/** Reads a stop reason. One that nobody knows is a failure, as it may be anything but a complete answer. */
export function readFinish(reason: string): Finish {
  const known = finishes.get(reason);
  if (known !== undefined) return known;
  const shown = reason.slice(0, 80);
  return {
    end: "failure",
    kind: "server-error",
    message: `Amazon Bedrock broke the answer off (stopReason "${shown}").`,
  };
}
