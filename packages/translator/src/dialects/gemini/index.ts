import { answeredShape } from "../../conversation/answered-shape.ts";
import { editContext } from "../../conversation/edit-context.ts";
import { readModelName } from "../../conversation/read-model-name.ts";
import { encodeJson } from "../../json/encode-json.ts";
import { inputEstimates } from "../../messages/input-estimates.ts";
import { lastingEstimates } from "../../messages/lasting-estimates.ts";
import { parseRequest } from "../../messages/parse-request.ts";
import type { ClientRequest, Dialect, Target, Translation, TranslationContext } from "../dialect.ts";
import { geminiCounting } from "./counting.ts";
import { readFailure } from "./errors.ts";
import { geminiProfileOf } from "./known-models.ts";
import { geminiPath } from "./path.ts";
import { repairGeminiRequest } from "./repair.ts";
import { encodeGeminiRequest } from "./request.ts";
import { readWholeGeminiAnswer, streamGeminiAnswer } from "./response.ts";
import { lacksGoogleSearch } from "./tools.ts";

/** Google's generateContent, as the Gemini API and Vertex have it. */
export const gemini: Dialect = {
  name: "gemini",
  // The path of a request names its model; see `pathFor`.
  paths: { create: "/models", models: "/models" },
  pathFor: geminiPath,
  forwardedHeaders: [],
  counting: geminiCounting,
  translate: translateToGemini,
  readFailure,
  repair: repairGeminiRequest,
  lacksCompaction: true,
  lacksSearch: (request, { model, gemini: profile }) => lacksGoogleSearch(request, profile ?? geminiProfileOf(model)),
};

function translateToGemini(client: ClientRequest, target: Target, context: TranslationContext): Translation {
  const { request, dropped, contextManagement } = editContext(parseRequest(client.body));
  const encoded = encodeGeminiRequest(request, target.model, target.gemini ?? geminiProfileOf(target.model));
  const answered = {
    ...answeredShape(request, context, contextManagement),
    model: readModelName(target.model).name,
    toolNames: encoded.toolNames,
    stopSequences: encoded.stopSequences,
    search: encoded.search,
  };
  const body = encodeJson(encoded.body, client.body.length);
  const estimated = { request, body, mediaAt: client.envelope.mediaAt };
  return {
    body,
    dropped: [...dropped, ...encoded.dropped],
    answerStream: () => streamGeminiAnswer({ ...answered, ...lastingEstimates(estimated) }),
    answerWhole: (whole, contentType) =>
      readWholeGeminiAnswer({ ...answered, ...inputEstimates(request, client.body.length) }, whole, contentType),
  };
}
