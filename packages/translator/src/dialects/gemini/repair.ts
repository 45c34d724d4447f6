import { roomForAnswer } from "../../conversation/room-for-answer.ts";
import { isRecord } from "../../json/is-record.ts";
import { rewriteJson } from "../../json/rewrite-json.ts";
import { pathSteps, withoutPath } from "../../json/without-path.ts";
import type { UpstreamFailure } from "../../messages/failure.ts";
import { mediaAfterResponses, signCalls, systemInContents, withoutSignatures } from "./repair-contents.ts";
import { functionsOnly, simplerSchemas } from "./repair-tools.ts";
import { otherThinking } from "./repair-thinking.ts";
import { ownValue } from "../../json/own-value.ts";

type Body = Readonly<Record<string, unknown>>;

/** Without these a request is another request. */
const essential = new Set(["contents", "tools", "generationConfig"]);
const formatFields = ["responseMimeType", "responseJsonSchema", "responseSchema"] as const;

/**
 * The request without what the model refused, for one more try: a refused parameter is written in another form, moved
 * to where it is taken, or left out; the output limit is brought within its bounds. Undefined when that changes nothing.
 */
export function repairGeminiRequest(body: Uint8Array, failure: UpstreamFailure): Uint8Array<ArrayBuffer> | undefined {
  return rewriteJson(body, (request) => repairedFor(request, failure));
}

function repairedFor(request: Body, failure: UpstreamFailure): Body | undefined {
  switch (failure.kind) {
    case "max-tokens-too-large":
      return limit(request, failure.limitTokens);
    case "output-overflow":
      return limit(request, roomForAnswer(failure));
    case "unsupported-parameter":
      return withoutParameter(request, failure.parameter ?? "", failure.message);
    case "invalid-request":
      // About this conversation's signatures, and nothing to remember of the model.
      return failure.parameter === "thoughtSignature" ? withoutSignatures(request) : undefined;
    default:
      return undefined;
  }
}

function limit(request: Body, tokens: number | undefined): Body | undefined {
  const config = request["generationConfig"];
  if (!isRecord(config) || tokens === undefined || tokens < 1) return undefined;
  const asked = config["maxOutputTokens"];
  if (typeof asked !== "number" || asked <= tokens) return undefined;
  return { ...request, generationConfig: { ...config, maxOutputTokens: tokens } };
}

function withoutParameter(request: Body, parameter: string, message: string): Body | undefined {
  const path = pathSteps(parameter);
  const name = path.at(-1) ?? "";
  const special = ownValue(specials, name);
  if (special !== undefined) return special(request, message);
  if (parameter === "functionResponse.parts") return mediaAfterResponses(request);
  if (path.length === 0 || (path.length === 1 && essential.has(name))) return undefined;
  if (name === "id" || name === "parts") return withoutIdsOrMedia(request, name);
  return withoutPath(request, path.length === 1 ? ["generationConfig", ...path] : path) ?? withoutPath(request, path);
}

const specials: Readonly<Record<string, (request: Body, message: string) => Body | undefined>> = {
  missingThoughtSignature: signCalls,
  thinkingLevel: otherThinking,
  thinkingBudget: otherThinking,
  thinkingConfig: (request) => withoutPath(request, ["generationConfig", "thinkingConfig"]),
  systemInstruction: systemInContents,
  googleSearch: functionsOnly,
  includeServerSideToolInvocations: functionsOnly,
  parametersJsonSchema: simplerSchemas,
  responseJsonSchema: simplerSchemas,
  responseMimeType: withoutFormat,
};

function withoutFormat(request: Body): Body | undefined {
  const config = request["generationConfig"];
  if (!isRecord(config) || !formatFields.some((field) => field in config)) return undefined;
  const kept = Object.entries(config).filter(([key]) => !formatFields.some((field) => field === key));
  return { ...request, generationConfig: Object.fromEntries(kept) };
}

/** Calls and responses have ids both or neither. */
function withoutIdsOrMedia(request: Body, name: "id" | "parts"): Body | undefined {
  if (name === "parts") return mediaAfterResponses(request);
  const calls = withoutPath(request, ["contents", "parts", "functionCall", "id"]);
  return withoutPath(calls ?? request, ["contents", "parts", "functionResponse", "id"]) ?? calls;
}
