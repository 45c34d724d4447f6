import { TranslatorError } from "../../errors.ts";

const longContextMark = /\[1m\]$/i;

/** True for a model that is asked for with its context of a million tokens, as Claude Code writes it. */
export function asksForLongContext(model: string): boolean {
  return longContextMark.test(model);
}

/**
 * The path of a request for a model: an id, an inference profile or an ARN, whose slashes and colons are encoded.
 * Source: the HTTP bindings of Converse and ConverseStream in @aws-sdk/client-bedrock-runtime.
 * Throws {@link TranslatorError} for a model whose name would leave its place in the path.
 */
export function converseModelPath(model: string, stream: boolean): string {
  const id = model.replace(longContextMark, "");
  if (/^\.{0,2}$/.test(id)) {
    throw new TranslatorError("invalid-request", `model: "${id}" is no model id, inference profile or ARN`);
  }
  return `/model/${encodeURIComponent(id)}/${stream ? "converse-stream" : "converse"}`;
}
