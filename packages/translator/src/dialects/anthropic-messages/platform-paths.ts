import { TranslatorError } from "../../errors.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesPlatform } from "./platform.ts";

/** Paths of one model's requests, under the platform's base URL. */
export interface PlatformPaths {
  readonly create: string;
  readonly countTokens: string;
}

/**
 * Where a platform takes requests for a model. Bedrock's base URL is its runtime's; Vertex's ends with the publisher,
 * `…/publishers/anthropic`; Foundry's with `/anthropic`. Throws a {@link TranslatorError} for a model that would leave
 * its place in the path. Sources: the platforms' own HTTP references.
 */
export function platformPaths(platform: MessagesPlatform, model: string, stream: boolean): PlatformPaths {
  if (!platform.pathHolds.includes("model")) {
    return { create: "/v1/messages", countTokens: "/v1/messages/count_tokens" };
  }
  if (/^\.{0,2}$/.test(model)) throw new TranslatorError("invalid-request", `model: "${model}" is no model's name`);
  if (platform.counting === "invoke-body") {
    const base = `/model/${encodeURIComponent(model)}`;
    return {
      create: `${base}/${stream ? "invoke-with-response-stream" : "invoke"}`,
      countTokens: `${base}/count-tokens`,
    };
  }
  // A version is told from its model by an at sign, which stays as it is.
  const name = encodeURIComponent(model).replaceAll("%40", "@");
  return {
    create: `/models/${name}:${stream ? "streamRawPredict" : "rawPredict"}`,
    countTokens: "/models/count-tokens:rawPredict",
  };
}

/** The number of tokens that a platform counted, or undefined when its answer does not say. */
export function readPlatformCount(answer: unknown): number | undefined {
  if (!isRecord(answer)) return undefined;
  const counted = answer["input_tokens"] ?? answer["inputTokens"];
  return typeof counted === "number" && Number.isFinite(counted) ? counted : undefined;
}
