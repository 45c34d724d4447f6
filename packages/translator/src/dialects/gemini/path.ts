import { TranslatorError } from "../../errors.ts";

/** Collections other than `models` whose names users write in full. */
const collection = /^(?:models|tunedModels|endpoints)\//;
const method = { whole: ":generateContent", streamed: ":streamGenerateContent?alt=sse" } as const;

/**
 * The path of a request under the base URL, which ends with the API's version (Gemini API) or with the publisher
 * (Vertex). Throws a {@link TranslatorError} for a model that would lead elsewhere.
 */
export function geminiPath(model: string, stream: boolean): string {
  const named = collection.test(model) ? model : `models/${model}`;
  const steps = named.split("/");
  if (steps.some((step) => step === "" || step === "." || step === "..") || /[?#%\\\p{Cc}]/u.test(named)) {
    throw new TranslatorError(
      "invalid-request",
      `model: "${model.slice(0, 100)}" cannot stand in an address; it may hold no "..", "?", "#", "%" and no empty parts`,
    );
  }
  return `/${steps.map(encodeURIComponent).join("/")}${stream ? method.streamed : method.whole}`;
}
