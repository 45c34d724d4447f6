import type { AnswerEnd } from "./answer-writer.ts";

/** What decides why an answer ended. */
interface Ending {
  /** What the provider said. */
  readonly end: "stop" | "length" | "refusal";
  readonly toolCalls: number;
  /** True when the model declined in so many words. */
  readonly refused?: boolean;
  /** Who refused, when the provider did. */
  readonly explanation: string;
  /** The stop sequence that was found. */
  readonly sequence: string | undefined;
}

/** Why an answer ended, in the terms of the Messages API. */
export function answerEnd({ end, toolCalls, refused = false, explanation, sequence }: Ending): AnswerEnd {
  if (end === "length") return { stop_reason: "max_tokens", stop_sequence: null };
  if (end === "refusal" || (refused && toolCalls === 0)) {
    const told = end === "refusal" ? explanation : null;
    const stop_details = { type: "refusal", category: null, explanation: told } as const;
    return { stop_reason: "refusal", stop_sequence: null, stop_details };
  }
  if (toolCalls > 0) return { stop_reason: "tool_use", stop_sequence: null };
  if (sequence !== undefined) return { stop_reason: "stop_sequence", stop_sequence: sequence };
  return { stop_reason: "end_turn", stop_sequence: null };
}
