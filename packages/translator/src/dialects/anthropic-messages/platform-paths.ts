import { readModelName } from "../../conversation/read-model-name.ts";
import { TranslatorError } from "../../errors.ts";
import type { MessagesPlatform } from "./platform.ts";

/** Paths of one model's requests, under the platform's base URL. */
export interface PlatformPaths {
  readonly create: string;
  readonly countTokens: string;
}

/** Paths of the Messages API itself. */
export const messagesPaths: PlatformPaths = { create: "/v1/messages", countTokens: "/v1/messages/count_tokens" };

/**
 * Where a platform takes requests for a model. Bedrock's base URL is its runtime's; Vertex's ends with the publisher,
 * `…/publishers/anthropic`; Foundry's with `/anthropic`. Throws a {@link TranslatorError} for a model that would leave
 * its place in the path. Sources: the platforms' own HTTP references.
 */
export function platformPaths({ api }: Pick<MessagesPlatform, "api">, model: string, stream: boolean): PlatformPaths {
  if (api === "messages") return messagesPaths;
  const { name } = readModelName(model);
  if (/^\.{0,2}$/.test(name)) throw new TranslatorError("invalid-request", `model: "${name}" is no model's name`);
  const encoded = encodeURIComponent(name);
  if (api === "invoke-model") {
    const base = `/model/${encoded}`;
    return {
      create: `${base}/${stream ? "invoke-with-response-stream" : "invoke"}`,
      countTokens: `${base}/count-tokens`,
    };
  }
  // A version is told from its model by an at sign, which stays as it is.
  return {
    create: `/models/${encoded.replaceAll("%40", "@")}:${stream ? "streamRawPredict" : "rawPredict"}`,
    countTokens: "/models/count-tokens:rawPredict",
  };
}
