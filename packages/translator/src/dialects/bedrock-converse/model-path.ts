import { readModelName } from "../../conversation/read-model-name.ts";
import { TranslatorError } from "../../errors.ts";

/**
 * The path of a request for a model. Source: the HTTP bindings of Converse and ConverseStream in
 * @aws-sdk/client-bedrock-runtime. Throws as {@link modelSegment} does.
 */
export function converseModelPath(model: string, stream: boolean): string {
  return `/model/${modelSegment(model)}/${stream ? "converse-stream" : "converse"}`;
}

/**
 * An id, an inference profile or an ARN as one segment of a path: its slashes and colons are encoded.
 * Throws {@link TranslatorError} for a model whose name would leave its place in the path.
 */
export function modelSegment(model: string): string {
  const { name } = readModelName(model);
  if (/^\.{0,2}$/.test(name)) {
    throw new TranslatorError("invalid-request", `model: "${name}" is no model id, inference profile or ARN`);
  }
  return encodeURIComponent(name);
}
