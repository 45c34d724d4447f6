import { readModelName } from "../../conversation/read-model-name.ts";
import { TranslatorError } from "../../errors.ts";

/**
 * The path of a request for a model: an id, an inference profile or an ARN, whose slashes and colons are encoded.
 * Source: the HTTP bindings of Converse and ConverseStream in @aws-sdk/client-bedrock-runtime.
 * Throws {@link TranslatorError} for a model whose name would leave its place in the path.
 */
export function converseModelPath(model: string, stream: boolean): string {
  const { name: id } = readModelName(model);
  if (/^\.{0,2}$/.test(id)) {
    throw new TranslatorError("invalid-request", `model: "${id}" is no model id, inference profile or ARN`);
  }
  return `/model/${encodeURIComponent(id)}/${stream ? "converse-stream" : "converse"}`;
}
