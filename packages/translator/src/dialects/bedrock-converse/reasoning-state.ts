import { isLoose, parseJson, stringOf } from "../../json/loose.ts";
import { openOpaque, sealOpaque } from "../../messages/opaque.ts";

/** What a model other than Claude wants back of one block of its reasoning. */
export interface ReasoningState {
  /** The model that wrote it; no other can read it. */
  readonly model: string;
  readonly text?: string;
  readonly signature?: string;
  /** Encrypted reasoning as base64. */
  readonly redacted?: string;
}

/** A signature for a thinking block that carries the state through the client. */
export function sealReasoning(state: ReasoningState): string {
  return sealOpaque("bedrock-converse", JSON.stringify(state));
}

/** The state that {@link sealReasoning} put into a signature; undefined when it is anything else. */
export function openReasoning(signature: string): ReasoningState | undefined {
  const value = parseJson(openOpaque("bedrock-converse", signature) ?? "");
  if (!isLoose<keyof ReasoningState>(value)) return undefined;
  const model = stringOf(value.model);
  if (model === undefined) return undefined;
  const text = stringOf(value.text);
  const own = stringOf(value.signature);
  const redacted = stringOf(value.redacted);
  return {
    model,
    ...(text !== undefined && { text }),
    ...(own !== undefined && { signature: own }),
    ...(redacted !== undefined && { redacted }),
  };
}
