import type { UpstreamFailure } from "../../messages/failure.ts";
import { readOverflow as readKnownOverflow } from "../openai-chat/overflow.ts";

type Overflow = Pick<UpstreamFailure, "inputTokens" | "maxTokens" | "limitTokens"> & {
  readonly kind: "context-overflow" | "output-overflow" | "max-tokens-too-large";
};

/** Vertex: "Unable to submit request because the input token count is N but model only supports up to L. …" */
const vertexInput =
  /input token count (?:is|of) (?<input>\d+)\D+?(?:supports up to|exceeds the maximum of) (?<limit>\d+)/i;
/** The Gemini API, newer: "The input token count exceeds the maximum number of tokens allowed 1048576." */
const apiInput =
  /input token count (?:\((?<input>\d+)\) )?exceeds the maximum number of tokens allowed \(?(?<limit>\d+)/i;
/** "Unable to submit request because it has a maxOutputTokens value of N but the supported range is from 1 (inclusive) to L (exclusive)." */
const outputRange =
  /max_?output_?tokens value of (?<max>\d+) but the supported range is from \d+ \(inclusive\) to (?<above>\d+) \(exclusive\)/i;
/** "max_output_tokens must be … less than or equal to L" and its like. */
const outputLimit =
  /max_?output_?tokens\b.{0,80}?(?:at most|less than or equal to|<=|maximum(?: value)?(?: is| of)?) ?(?<limit>\d+)/is;

/** Recognises a message that says the request is too long, and takes the numbers out of it. */
export function readOverflow(message: string, codes: string): Overflow | undefined {
  const input = (apiInput.exec(message) ?? vertexInput.exec(message))?.groups;
  if (input !== undefined) return numbers("context-overflow", { input: input["input"], limit: input["limit"] });
  const range = outputRange.exec(message)?.groups;
  if (range !== undefined) {
    return { ...numbers("max-tokens-too-large", { max: range["max"] }), limitTokens: Number(range["above"]) - 1 };
  }
  const output = outputLimit.exec(message)?.groups;
  if (output !== undefined) return numbers("max-tokens-too-large", { limit: output["limit"] });
  return readKnownOverflow(message, codes);
}

interface Groups {
  readonly input?: string | undefined;
  readonly max?: string | undefined;
  readonly limit?: string | undefined;
}

function numbers(kind: Overflow["kind"], { input, max, limit }: Groups): Overflow {
  return {
    kind,
    ...(input === undefined ? {} : { inputTokens: Number(input) }),
    ...(max === undefined ? {} : { maxTokens: Number(max) }),
    ...(limit === undefined ? {} : { limitTokens: Number(limit) }),
  };
}
