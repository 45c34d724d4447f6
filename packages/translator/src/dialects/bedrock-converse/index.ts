import { answeredShape } from "../../conversation/answered-shape.ts";
import { declaresSearch } from "../../conversation/declares-search.ts";
import { editContext } from "../../conversation/edit-context.ts";
import { readModelName } from "../../conversation/read-model-name.ts";
import { unavailableSearchAnswer } from "../../conversation/unavailable-search.ts";
import { inputEstimates } from "../../messages/input-estimates.ts";
import { lastingEstimates } from "../../messages/lasting-estimates.ts";
import { encodeJson } from "../../json/encode-json.ts";
import { parseRequest } from "../../messages/parse-request.ts";
import type { ClientRequest, Dialect, Target, Translation, TranslationContext } from "../dialect.ts";
import { converseCounting } from "./counting.ts";
import { readFailure } from "./errors.ts";
import { converseProfileOf } from "./families.ts";
import { converseModelPath } from "./model-path.ts";
import { repairConverseRequest } from "./repair.ts";
import { encodeConverseRequest } from "./request.ts";
import { readWholeConverseAnswer, streamConverseAnswer } from "./response.ts";

/** Converse and ConverseStream of Amazon Bedrock, for every model family there. */
export const bedrockConverse: Dialect = {
  name: "bedrock-converse",
  paths: { create: "/converse", models: "/foundation-models" },
  pathFor: converseModelPath,
  forwardedHeaders: [],
  counting: converseCounting,
  translate: translateToConverse,
  readFailure,
  repair: repairConverseRequest,
  lacksCompaction: true,
  lacksSearch: declaresSearch,
};

function translateToConverse(client: ClientRequest, target: Target, context: TranslationContext): Translation {
  const { request, dropped, contextManagement } = editContext(parseRequest(client.body));
  const profile = target.converse ?? converseProfileOf(target.model);
  const encoded = encodeConverseRequest(request, { model: target.model, profile });
  const answered = {
    ...answeredShape(request, context, contextManagement),
    model: readModelName(target.model).name,
    nativeReasoning: profile.nativeReasoning,
    toolNames: encoded.toolNames,
  };
  const body = encodeJson(encoded.body, client.body.length);
  const estimated = { request, body, mediaAt: client.envelope.mediaAt };
  return {
    body,
    dropped: [...dropped, ...encoded.dropped],
    ...(encoded.unavailableSearch && { answer: unavailableSearchAnswer({ ...context, request }) }),
    answerStream: () => streamConverseAnswer({ ...answered, ...lastingEstimates(estimated) }),
    answerWhole: (whole, contentType) =>
      readWholeConverseAnswer({ ...answered, ...inputEstimates(request, client.body.length) }, whole, contentType),
  };
}
