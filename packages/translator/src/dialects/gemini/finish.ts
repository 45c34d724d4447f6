import type { FailureKind } from "../../messages/failure.ts";
import { ownValue } from "../../json/own-value.ts";

/** What a finish reason means: a normal end, the token limit, Google's filter, a call that came to nothing, or a failure. */
export type Finish =
  | { readonly end: "stop" | "length" }
  | { readonly end: "refusal"; readonly reason: string }
  /** A failure when there is nothing to show; else the answer ends with this note. */
  | { readonly end: "broken-call"; readonly message: string }
  | { readonly end: "failure"; readonly kind: FailureKind; readonly message: string };

const stop: Finish = { end: "stop" };
const length: Finish = { end: "length" };

const ends: ReadonlyMap<string, Finish> = new Map([
  ["STOP", stop],
  ["FINISH_REASON_UNSPECIFIED", stop],
  ["LANGUAGE", stop],
  ["OTHER", stop],
  ["MAX_TOKENS", length],
  // Not a limit of the model's but of one request; to the client it is the same: it asks to go on.
  ["CONTINUATION", length],
]);

const filters = new Set([
  "SAFETY",
  "RECITATION",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "MODEL_ARMOR",
]);

const brokenCalls: Readonly<Record<string, string>> = {
  MALFORMED_FUNCTION_CALL: "The model wrote a tool call that cannot be read",
  UNEXPECTED_TOOL_CALL: "The model called a tool that was not offered",
  TOO_MANY_TOOL_CALLS: "The model called too many tools in a row",
  MISSING_THOUGHT_SIGNATURE: "The provider missed the model's own reasoning of an earlier call",
  MALFORMED_RESPONSE: "The model wrote an answer that cannot be read",
};

/**
 * Reads a finish reason. One that nobody knows is a failure, as it may mean anything but a complete answer.
 * Source: `FinishReason` in @google/genai 3.1.
 */
export function readFinish(reason: string, detail: string | undefined): Finish {
  const known = ends.get(reason);
  if (known !== undefined) return known;
  if (filters.has(reason)) return { end: "refusal", reason };
  const broken = ownValue(brokenCalls, reason);
  if (broken !== undefined) return { end: "broken-call", message: `${broken}${told(detail)}` };
  const message = `The provider broke the answer off (finishReason "${reason.slice(0, 80)}")${told(detail)}`;
  return { end: "failure", kind: "server-error", message };
}

function told(detail: string | undefined): string {
  return detail === undefined ? "." : `: ${detail.slice(0, 500)}`;
}
