import { readCountRequest } from "../../conversation/count-request.ts";
import { countAt } from "../../json/count-at.ts";
import { encodeJson } from "../../json/encode-json.ts";
import type { Counting } from "../dialect.ts";
import type { GeminiRequest } from "./gemini-request.ts";
import { geminiProfileOf } from "./known-models.ts";
import { geminiModelPath } from "./path.ts";
import { encodeGeminiRequest } from "./request.ts";

/** Google's countTokens. Source: ai.google.dev, "Counting tokens"; Google Cloud, "publishers.models.countTokens". */
export const geminiCounting: Counting = {
  path: (model) => `${geminiModelPath(model)}:countTokens`,
  write({ body }, { model, gemini }) {
    const { request, dropped } = readCountRequest(body);
    const profile = gemini ?? geminiProfileOf(model);
    const encoded = encodeGeminiRequest(request, model, profile);
    const asked = profile.counts === "whole-request" ? wholeRequest(encoded.body, model) : plainFields(encoded.body);
    return { body: encodeJson(asked, body.length), dropped: [...dropped, ...encoded.dropped] };
  },
  read(answer) {
    const counted = countAt(answer, "totalTokens");
    return counted === undefined ? undefined : { input_tokens: counted };
  },
};

/** The model is named in it once more, as the path names it. */
function wholeRequest(request: GeminiRequest, model: string): object {
  return { generateContentRequest: { model: decodeURIComponent(geminiModelPath(model).slice(1)), ...request } };
}

function plainFields({ systemInstruction, tools, generationConfig, contents }: GeminiRequest): object {
  return {
    ...(systemInstruction && { systemInstruction }),
    ...(tools && { tools }),
    ...(generationConfig && { generationConfig }),
    contents,
  };
}
