import { offerTools } from "../../conversation/offered-tools.ts";
import { readModelName } from "../../conversation/read-model-name.ts";
import { reportFields } from "../../conversation/report-fields.ts";
import { qualifiesForStrict } from "../../conversation/schema.ts";
import { sessionKey } from "../../conversation/session-key.ts";
import { splitStop } from "../../conversation/split-stop.ts";
import { takeSampling } from "../../conversation/take-sampling.ts";
import { asksOnlyForSearch } from "../../conversation/tool-choice.ts";
import { wantedFormat } from "../../conversation/wanted-format.ts";
import { TranslatorError } from "../../errors.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { Dropped } from "../dialect.ts";
import { encodeInput } from "./input.ts";
import type { ResponsesProfile } from "./profile.ts";
import { encodeReasoning } from "./reasoning.ts";
import { reasons } from "./reasons.ts";
import type { ResponsesRequest } from "./responses-request.ts";
import { ResponsesScene } from "./scene.ts";
import { encodeTools, searchWithBlockedDomains } from "./tools.ts";

/** A request in the Responses dialect and what is needed to read its answer. */
export interface EncodedResponses {
  readonly body: ResponsesRequest;
  readonly dropped: readonly Dropped[];
  /** The client's names of tools by their name on the wire; only those that differ are in it. */
  readonly toolNames: ReadonlyMap<string, string>;
  /** Stop sequences, which this API does not have and the reader of the answer must enforce. */
  readonly stopSequences: readonly string[];
  /** True when the client wants nothing but a web search, and the provider cannot make it. */
  readonly unavailableSearch: boolean;
}

/**
 * Writes a Messages request as a request of the Responses API for a server of which `profile` tells what it takes. The
 * same request gives the same bytes, and one turn's bytes begin the next one's. Throws {@link TranslatorError} for a
 * file in Anthropic's store, for more tools than the server takes and for nesting without end; all else that cannot be
 * said is in `dropped`.
 */
export function encodeResponsesRequest(
  request: MessagesRequest,
  model: string,
  profile: ResponsesProfile,
): EncodedResponses {
  try {
    return encode(request, model, profile);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TranslatorError("invalid-request", "The request body is nested too deeply", { cause: error });
  }
}

function encode(request: MessagesRequest, model: string, profile: ResponsesProfile): EncodedResponses {
  const blocked = profile.webSearch ? searchWithBlockedDomains(request) : undefined;
  const scene = new ResponsesScene(profile, profile.webSearch && blocked === undefined);
  if (blocked !== undefined) scene.drops.add(blocked, reasons.blockedDomains);
  const offered = offerTools(request, scene);
  const stop = splitStop(request, 0, scene);
  const body: ResponsesRequest = {
    model: readModelName(model).name,
    ...encodeStreaming(request, profile),
    store: false,
    ...encodeReasoning(request, offered.search !== undefined, scene),
    max_output_tokens: encodeLimit(request, scene),
    ...takeSampling(request, { sampling: profile.sampling, topK: false }, scene),
    ...encodeFormat(request, scene),
    ...encodeCacheKey(request, profile),
    ...encodeTools(request, offered, scene),
    ...encodeInput(request, scene),
  };
  reportFields(request, scene);
  return {
    body,
    dropped: scene.drops.list(),
    toolNames: scene.names.renamed(),
    stopSequences: stop.local,
    unavailableSearch: offered.search === undefined && asksOnlyForSearch(request, offered),
  };
}

function encodeStreaming(
  request: MessagesRequest,
  profile: ResponsesProfile,
): Pick<ResponsesRequest, "stream" | "stream_options"> {
  if (request.stream !== true) return {};
  return profile.obfuscation ? { stream: true, stream_options: { include_obfuscation: false } } : { stream: true };
}

function encodeLimit(request: MessagesRequest, scene: ResponsesScene): number {
  const { min, max } = scene.profile.maxTokensRange;
  const limit = Math.min(Math.max(request.max_tokens, min), max);
  if (limit !== request.max_tokens) scene.drops.add("max_tokens", reasons.maxTokens);
  return limit;
}

/** A JSON schema for the answer. Strict mode only where the schema means the same in it. */
function encodeFormat(request: MessagesRequest, scene: ResponsesScene): Pick<ResponsesRequest, "text"> {
  const schema = wantedFormat(request, scene.profile.structuredOutput, scene);
  if (schema === undefined) return {};
  const strict = qualifiesForStrict(schema);
  return { text: { format: { type: "json_schema", name: "structured_output", schema, strict } } };
}

/** A key by which the server routes one session's requests to one cache. */
function encodeCacheKey(
  request: MessagesRequest,
  profile: ResponsesProfile,
): Pick<ResponsesRequest, "prompt_cache_key"> {
  const key = profile.promptCacheKey ? sessionKey(request) : undefined;
  return key === undefined ? {} : { prompt_cache_key: key };
}
