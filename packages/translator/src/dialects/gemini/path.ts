import { readModelName } from "../../conversation/read-model-name.ts";
import { TranslatorError } from "../../errors.ts";

/** Collections other than `models` whose names users write in full. */
const collection = /^(?:models|tunedModels|endpoints)\//;
const method = { whole: ":generateContent", streamed: ":streamGenerateContent?alt=sse" } as const;

/** The path of a request for a model. Throws as {@link geminiModelPath} does. */
export function geminiPath(model: string, stream: boolean): string {
  return `${geminiModelPath(model)}${stream ? method.streamed : method.whole}`;
}

/**
 * The path of a model under the base URL, which ends with the API's version (Gemini API) or with the publisher
 * (Vertex). Throws a {@link TranslatorError} for a model that would lead elsewhere.
 */
export function geminiModelPath(model: string): string {
  const { name } = readModelName(model);
  const named = collection.test(name) ? name : `models/${name}`;
  const steps = named.split("/");
  if (steps.some((step) => step === "" || step === "." || step === "..") || /[?#%\\\p{Cc}]/u.test(named)) {
    throw new TranslatorError(
      "invalid-request",
      `model: "${name.slice(0, 100)}" cannot stand in an address; it may hold no "..", "?", "#", "%" and no empty parts`,
    );
  }
  return `/${steps.map(encodeURIComponent).join("/")}`;
}
