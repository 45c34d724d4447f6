import type { OpenAIEffort } from "../../conversation/openai-effort.ts";

/**
 * What one server of OpenAI's Responses API takes, as data. Encoders read these properties and never a provider's name.
 * {@link genericResponses} is the default for an unknown server.
 */
export interface ResponsesProfile {
  /** Least and greatest value of `max_output_tokens`; OpenAI refuses less than 16. */
  readonly maxTokensRange: { readonly min: number; readonly max: number };
  /** How a system message in the middle of a conversation is written. */
  readonly midSystem: "developer" | "user-reminder";
  /** Images: accepted, or replaced by a note. */
  readonly images: boolean;
  /** PDFs as `input_file`: accepted, or replaced by a note. */
  readonly files: boolean;
  /** Media inside tool results: in the output itself, or in a user message after the last of them. */
  readonly toolMedia: "in-output" | "in-user-message";
  /** Values of `reasoning.effort` in rising order; empty when the model does not reason. */
  readonly efforts: readonly OpenAIEffort[];
  /** The effort that turns reasoning off, or nothing. */
  readonly reasoningOff: "none" | "minimal" | "omit";
  /** Gives summaries of its reasoning when asked. */
  readonly summaries: boolean;
  /** Takes earlier reasoning items back, encrypted or in the clear. */
  readonly reasoningBack: boolean;
  /** Takes temperature and top_p. OpenAI's reasoning models do not. */
  readonly sampling: boolean;
  readonly parallelToolCalls: boolean;
  readonly toolChoiceRequired: boolean;
  /** Greatest number of tools, or undefined. */
  readonly maxTools: number | undefined;
  /** `text.format: { type: "json_schema" }`. */
  readonly structuredOutput: boolean;
  readonly promptCacheKey: boolean;
  /** Takes `prompt_cache_breakpoint` on text parts (OpenAI from gpt-5.6 on). */
  readonly cacheBreakpoints: boolean;
  /** Runs the built-in tool `web_search`. */
  readonly webSearch: boolean;
  /** Pads streamed events, against listeners who learn from their size, and takes word to leave that out. */
  readonly obfuscation: boolean;
}

/** A server that speaks the Responses API as OpenAI defines it, whatever its model. What a model refuses is repaired. */
export const genericResponses: ResponsesProfile = {
  maxTokensRange: { min: 16, max: Number.MAX_SAFE_INTEGER },
  midSystem: "user-reminder",
  images: true,
  files: true,
  toolMedia: "in-output",
  efforts: ["low", "medium", "high"],
  reasoningOff: "omit",
  summaries: true,
  reasoningBack: true,
  sampling: true,
  parallelToolCalls: true,
  toolChoiceRequired: true,
  maxTools: undefined,
  structuredOutput: true,
  promptCacheKey: true,
  cacheBreakpoints: false,
  webSearch: true,
  obfuscation: false,
};
