import type { UpstreamFailure } from "../../messages/failure.ts";
import type { ErrorAnswer } from "../dialect.ts";
import { readFailure as readAnyFailure, readSpokenFailure } from "../openai-chat/errors.ts";

/**
 * How OpenAI refuses reasoning that it cannot take back: sealed with another key, without what followed it, or known
 * to the server by an id alone.
 */
const staleReasoning =
  /invalid_encrypted_content|encrypted content.{0,400}(?:could not|cannot) be (?:verified|decrypted)|['"`]?reasoning['"`]? (?:item )?was provided without its required|item with id ['"`]?rs_|without its required ['"`]?reasoning/i;

/** OpenAI on `include: ["reasoning.encrypted_content"]` for a model that does not reason. */
const noEncryption = /encrypted content is not supported/i;

/** Codes of a failed response that say something about the request. Source: `ResponseError` in openai-node. */
const promptCodes = /invalid_prompt|_policy(?:_violation)?\b/;
const imageCodes = /\b(?:\w*image\w*|unsupported_image_media_type)\b/;

/** Says what an error answer means. */
export function readFailure(answer: ErrorAnswer): UpstreamFailure {
  return refined(readAnyFailure(answer), answer.body);
}

/** Says what an `error` event or the error of a failed response means. */
export function readFailedResponse(error: unknown): UpstreamFailure {
  const failure = readSpokenFailure({ error: error ?? {} }, true);
  const fallback: UpstreamFailure = { kind: "server-error", message: "The provider failed to give an answer." };
  return refined(failure ?? fallback, safeJson(error));
}

function refined(failure: UpstreamFailure, text: string): UpstreamFailure {
  const { parameter: _, ...rest } = failure;
  // Not a refused parameter, which would be remembered for the model: this conversation alone has stale reasoning.
  if (staleReasoning.test(text) && isRefusal(failure)) return { ...rest, kind: "invalid-request" };
  if (noEncryption.test(text)) return { ...rest, kind: "unsupported-parameter", parameter: "include" };
  if (failure.kind !== "server-error" || failure.status !== undefined) return failure;
  const code = /"code":"([^"]*)"/.exec(text)?.[1] ?? "";
  if (promptCodes.test(code)) return { ...rest, kind: "content-blocked" };
  return imageCodes.test(code) ? { ...rest, kind: "invalid-request" } : failure;
}

function isRefusal({ kind }: UpstreamFailure): boolean {
  return ["invalid-request", "unsupported-parameter", "not-found", "server-error"].includes(kind);
}

/** True when a failure is about reasoning of earlier turns, so that the request may pass without it. */
export function isStaleReasoning({ kind, message }: UpstreamFailure): boolean {
  return kind === "invalid-request" && staleReasoning.test(message);
}

function safeJson(value: unknown): string {
  return JSON.stringify(value) ?? "";
}
