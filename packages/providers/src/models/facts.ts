/** What can stand in a request besides text, and text. */
export type Modality = "text" | "image" | "pdf" | "audio";

/** What is known of a model; a field that is undefined is not known. Tokens throughout. */
export interface ModelFacts {
  /** Input and output together. */
  readonly contextWindow?: number | undefined;
  /** Where input alone may not fill the context window. */
  readonly maxInputTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly input?: readonly Modality[] | undefined;
  readonly tools?: boolean | undefined;
  readonly parallelTools?: boolean | undefined;
  readonly thinking?: boolean | undefined;
  readonly structuredOutput?: boolean | undefined;
  readonly caching?: boolean | undefined;
  readonly deprecated?: boolean | undefined;
}
