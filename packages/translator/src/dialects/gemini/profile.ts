/** How a model is told how much to think: by a level, by a number of tokens, or not at all. */
export type GeminiThinking =
  | { readonly form: "level"; readonly levels: readonly ("minimal" | "low" | "medium" | "high")[] }
  /** `off` says that a budget of 0 is taken and stops thinking. */
  | { readonly form: "budget"; readonly min: number; readonly max: number; readonly off: boolean }
  | { readonly form: "none" };

/** What one Gemini model takes, as data. {@link genericGemini} is the default for a model of which nothing is known. */
export interface GeminiProfile {
  readonly thinking: GeminiThinking;
  /** Tools as JSON Schema, or in the subset of OpenAPI's schemas that endpoints knew before (catalogue TD-09, TD-10). */
  readonly schemas: "json-schema" | "openapi";
  /** Refuses an earlier call without a thought signature (catalogue TK-27). */
  readonly signedCalls: boolean;
  /** Takes `id` in calls and responses. */
  readonly callIds: boolean;
  /** Takes images and PDFs inside function responses (catalogue TH-18); else they follow in a content of their own. */
  readonly mediaInResponses: boolean;
  /** Takes Google's search beside functions; the Gemini API only, and from Gemini 3 on. */
  readonly searchBesideFunctions: boolean;
  /** Takes a schema for the answer beside functions (catalogue PR-16). */
  readonly formatBesideFunctions: boolean;
  /** Takes a system instruction; else the system prompt stands in the first content. */
  readonly systemInstruction: boolean;
  /** Images and PDFs: accepted, or replaced by a note. */
  readonly media: boolean;
  /** What countTokens takes: a request of generateContent as a whole (Gemini API), or its fields as they stand (Vertex). */
  readonly counts: "whole-request" | "plain-fields";
  /** Greatest `maxOutputTokens`; greater ones are clamped. */
  readonly maxOutputTokens: number;
}

/** What Gemini 3 and later take. Source: ai.google.dev, "Gemini 3", "Thinking", "Thought signatures", "Function calling". */
export const genericGemini: GeminiProfile = {
  thinking: { form: "level", levels: ["low", "medium", "high"] },
  schemas: "json-schema",
  signedCalls: true,
  callIds: true,
  mediaInResponses: true,
  searchBesideFunctions: false,
  formatBesideFunctions: true,
  systemInstruction: true,
  media: true,
  counts: "whole-request",
  maxOutputTokens: 65_536,
};
