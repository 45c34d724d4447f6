import { isTranslatorError } from "../../errors.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { splice } from "../../messages/splice.ts";
import { stripThinking, turnThinkingOff } from "./filter-thinking.ts";

// "Invalid `signature` in `thinking` block", "….thinking.signature: Field required", "`thinking` or
// `redacted_thinking` blocks in the latest assistant message cannot be modified".
const aboutThinking = /signature.{0,20}thinking|thinking.{0,20}signature|thinking.{0,80}cannot be modified/iu;
/** A model that does not think has answered in the middle of a turn, and Claude is to go on with it. */
const lacksThinking = /expected `?thinking.{0,40} but found/iu;

/**
 * After a refusal of earlier thinking's signatures: the request without that thinking. They are bound to their
 * prefix and their account, so a switch of either makes them invalid. After a refusal of a turn that lacks
 * thinking: the request with thinking turned off. Undefined for every other failure, and when
 * there is no thinking left to leave out.
 */
export function repair(body: Uint8Array, failure: UpstreamFailure): Uint8Array | undefined {
  if (failure.kind !== "invalid-request" && failure.kind !== "unsupported-parameter") return undefined;
  const cut = cutFor(failure.message);
  if (cut === undefined) return undefined;
  try {
    const { edits } = cut({ body, envelope: readEnvelope(body) });
    return edits.length === 0 ? undefined : splice(body, edits);
  } catch (error) {
    if (isTranslatorError(error)) return undefined;
    throw error;
  }
}

function cutFor(message: string): typeof stripThinking | undefined {
  if (lacksThinking.test(message)) return turnThinkingOff;
  return aboutThinking.test(message) ? stripThinking : undefined;
}
