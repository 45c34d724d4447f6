/** Why a request cannot be translated. Each is the client's fault and becomes a 400 of its own dialect. */
export type TranslatorErrorCode =
  | "invalid-json"
  | "duplicate-field"
  | "invalid-request" // a field is missing or of the wrong type
  | "unsupported-content"; // well formed, but this target has no way to say it

/** Thrown for requests that are at fault themselves. `message` names the path, what was seen and what is wanted. */
export class TranslatorError extends Error {
  override readonly name = "TranslatorError";
  readonly code: TranslatorErrorCode;

  constructor(code: TranslatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells a {@link TranslatorError} even when two copies of this package are installed. */
export function isTranslatorError(error: unknown): error is TranslatorError {
  return error instanceof Error && error.name === "TranslatorError";
}
