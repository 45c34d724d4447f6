import { bedrockCountPath } from "../bedrock-converse/count-path.ts";
import { modelSegment } from "../bedrock-converse/model-path.ts";
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
  const segment = modelSegment(model);
  if (api === "invoke-model") {
    return {
      create: `/model/${segment}/${stream ? "invoke-with-response-stream" : "invoke"}`,
      countTokens: bedrockCountPath(model),
    };
  }
  // A version is told from its model by an at sign, which stays as it is.
  return {
    create: `/models/${segment.replaceAll("%40", "@")}:${stream ? "streamRawPredict" : "rawPredict"}`,
    countTokens: "/models/count-tokens:rawPredict",
  };
}
