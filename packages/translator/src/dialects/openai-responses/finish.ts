import { loose, stringOf } from "../../json/loose.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { readFailedResponse } from "./errors.ts";
import type { WireResponse } from "./wire.ts";

/** How a response ended: whole, at the token limit, by the provider's filter, or not as an answer. */
export type Finish =
  | { readonly end: "stop" | "length" | "refusal" }
  | { readonly end: "failure"; readonly failure: UpstreamFailure };

/** Events that end an answer, and the status that they announce. Source: `ResponseStreamEvent` in openai-node. */
export const endings: ReadonlyMap<string, string> = new Map([
  ["response.completed", "completed"],
  ["response.done", "done"],
  ["response.incomplete", "incomplete"],
  ["response.failed", "failed"],
  ["response.cancelled", "cancelled"],
]);

/**
 * Reads the end of a response from its status, or from the event that announced it where the status is missing. What
 * nobody knows is a failure: taking it for an end would pass off a broken answer as a whole one.
 */
export function readFinish(response: WireResponse, announced: string | undefined): Finish {
  if (response.error) return { end: "failure", failure: readFailedResponse(response.error) };
  const status = stringOf(response.status) ?? announced ?? (Array.isArray(response.output) ? "completed" : "nothing");
  switch (status) {
    case "completed":
    case "done":
      return { end: "stop" };
    case "incomplete":
      return readIncomplete(loose<"reason">(response.incomplete_details).reason);
    case "failed":
      return { end: "failure", failure: readFailedResponse(undefined) };
    case "cancelled":
      return broken("server-error", "The provider cancelled the answer.");
    default:
      return broken("malformed", `The provider gave an answer that is not finished (status "${status.slice(0, 80)}").`);
  }
}

function readIncomplete(reason: unknown): Finish {
  if (reason === "max_output_tokens" || reason === "max_tokens" || reason === "length") return { end: "length" };
  if (reason === "content_filter") return { end: "refusal" };
  const why = stringOf(reason)?.slice(0, 80) ?? "no reason given";
  return broken("server-error", `The provider broke the answer off (incomplete: ${why}).`);
}

function broken(kind: UpstreamFailure["kind"], message: string): Finish {
  return { end: "failure", failure: { kind, message } };
}
