import { answeredShape } from "../../conversation/answered-shape.ts";
import { declaresSearch } from "../../conversation/declares-search.ts";
import { editContext } from "../../conversation/edit-context.ts";
import { unavailableSearchAnswer } from "../../conversation/unavailable-search.ts";
import { encodeJson } from "../../json/encode-json.ts";
import { inputEstimates } from "../../messages/input-estimates.ts";
import { lastingEstimates } from "../../messages/lasting-estimates.ts";
import { parseRequest } from "../../messages/parse-request.ts";
import type { ClientRequest, Dialect, Target, Translation, TranslationContext } from "../dialect.ts";
import { responsesCounting } from "./counting.ts";
import { readFailure } from "./errors.ts";
import { responsesProfileOf } from "./known-models.ts";
import type { ResponsesProfile } from "./profile.ts";
import { repairResponsesRequest } from "./repair.ts";
import { encodeResponsesRequest } from "./request.ts";
import { readWholeResponsesAnswer, streamResponsesAnswer } from "./response.ts";
import { searchWithBlockedDomains } from "./tools.ts";

/** The Responses API as OpenAI defined it, for OpenAI itself and every server that is compatible with it. */
export const openaiResponses: Dialect = {
  name: "openai-responses",
  paths: { create: "/responses", models: "/models" },
  forwardedHeaders: [],
  counting: responsesCounting,
  translate: translateToResponses,
  readFailure,
  repair: repairResponsesRequest,
  lacksCompaction: true,
  lacksSearch: (request, target) =>
    declaresSearch(request) && (!profileOf(target).webSearch || searchWithBlockedDomains(request) !== undefined),
};

function profileOf({ model, responses }: Target): ResponsesProfile {
  return responses ?? responsesProfileOf(model);
}

function translateToResponses(client: ClientRequest, target: Target, context: TranslationContext): Translation {
  const { request, dropped, contextManagement } = editContext(parseRequest(client.body));
  const encoded = encodeResponsesRequest(request, target.model, profileOf(target));
  const answered = {
    ...answeredShape(request, context, contextManagement),
    toolNames: encoded.toolNames,
    stopSequences: encoded.stopSequences,
  };
  const body = encodeJson(encoded.body, client.body.length);
  const estimated = { request, body, mediaAt: client.envelope.mediaAt };
  return {
    body,
    dropped: [...dropped, ...encoded.dropped],
    ...(encoded.unavailableSearch && { answer: unavailableSearchAnswer({ ...context, request }) }),
    answerStream: () => streamResponsesAnswer({ ...answered, ...lastingEstimates(estimated) }),
    answerWhole: (whole, contentType) =>
      readWholeResponsesAnswer({ ...answered, ...inputEstimates(request, client.body.length) }, whole, contentType),
  };
}
