import type { Effort } from "../../messages/request.ts";

/**
 * What one OpenAI-compatible server takes, as data. Encoders read these properties and never a provider's name.
 * {@link genericChat} is the cautious default for an unknown server.
 */
export interface ChatProfile {
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** Least and greatest value of that field; greater ones are clamped. */
  readonly maxTokensRange: { readonly min: number; readonly max: number };
  /** Role of the system prompt; `developer` only for models that are known to want it. */
  readonly systemRole: "system" | "developer";
  /** How a system message in the middle of a conversation is written (catalogue SYS-11). */
  readonly midSystem: "user-reminder" | "system";
  /** Images: accepted, or replaced by a note. */
  readonly images: boolean;
  /** PDFs as `file` parts: accepted, or replaced by a note. */
  readonly files: boolean;
  /** Images inside tool results: in the `tool` message itself, or in a user message after the last of them. */
  readonly toolMedia: "in-tool-message" | "in-user-message";
  /** Values of `reasoning_effort` in rising order; empty when the model has no such parameter. */
  readonly efforts: readonly ("none" | "minimal" | Effort)[];
  /** What turns reasoning off: an effort value, DeepSeek's `thinking` object, or nothing. */
  readonly reasoningOff: "none" | "minimal" | "thinking-disabled" | "omit";
  /** False for models that refuse an effort beside function tools in chat completions (catalogue TK-07). */
  readonly effortWithTools: boolean;
  /** The key under which earlier reasoning is handed back with an assistant message, if at all. */
  readonly reasoningBack: "reasoning_content" | "reasoning" | "reasoning_details" | "never";
  /** Rule for tool call ids: any, at most so many characters, or exactly nine letters and digits (Mistral). */
  readonly toolCallIds: "any" | "max-40" | "alphanumeric-9";
  /** Greatest number of tools, or undefined. */
  readonly maxTools: number | undefined;
  /** Takes temperature, top_p and stop. OpenAI's reasoning models do not. */
  readonly sampling: boolean;
  readonly topK: boolean;
  readonly maxStopSequences: number;
  readonly parallelToolCalls: boolean;
  readonly toolChoiceRequired: boolean;
  /** Takes `stream_options: { include_usage: true }`. */
  readonly streamUsage: boolean;
  /** `response_format: { type: "json_schema" }`. */
  readonly structuredOutput: boolean;
  readonly promptCacheKey: boolean;
  /** Takes Anthropic's `cache_control` on content parts (OpenRouter, DashScope, LiteLLM). */
  readonly cacheControl: boolean;
  /** How a last assistant message is continued (catalogue MSG-13). */
  readonly prefill: "as-is" | "prefix" | "continue_final_message";
  /** Takes OpenAI's `prompt_cache_breakpoint` on text parts (catalogue MSG-03). */
  readonly cacheBreakpoints: boolean;
  /** Chat templates that insist on user and assistant taking turns (catalogue MSG-08): neighbours become one message. */
  readonly mergeSameRole: boolean;
  /** False for servers that want an assistant message between tool results and a user message. */
  readonly userAfterTool: boolean;
  /** Refuses tool calls in the history of a request that declares no tools (catalogue TD-37): they become text. */
  readonly toolCallsNeedTools: boolean;
  /** Greatest number of characters of a tool's description, or undefined (catalogue TD-33). */
  readonly maxToolDescription: number | undefined;
  /** What turns reasoning on beside an effort: DeepSeek's and Z.ai's `thinking` object, or nothing. */
  readonly reasoningOn: "thinking-enabled" | "omit";
  /**
   * What the provider's own web search is set up with: one of two fields, both of models that search unasked and take
   * no functions, or a tool of this type; or there is none.
   */
  readonly webSearch: "none" | "search_domain_filter" | "search_settings" | "openrouter:web_search";
}

/** An OpenAI-compatible server of which nothing more is known (vLLM, SGLang, llama.cpp, LM Studio, a proxy). */
export const genericChat: ChatProfile = {
  maxTokensField: "max_tokens",
  maxTokensRange: { min: 1, max: Number.MAX_SAFE_INTEGER },
  systemRole: "system",
  midSystem: "user-reminder",
  images: true,
  files: true,
  toolMedia: "in-user-message",
  efforts: [],
  reasoningOff: "omit",
  effortWithTools: true,
  reasoningBack: "never",
  toolCallIds: "any",
  maxTools: undefined,
  sampling: true,
  topK: false,
  maxStopSequences: 4,
  parallelToolCalls: true,
  toolChoiceRequired: true,
  streamUsage: true,
  structuredOutput: true,
  promptCacheKey: false,
  cacheControl: false,
  prefill: "as-is",
  cacheBreakpoints: false,
  mergeSameRole: false,
  userAfterTool: true,
  toolCallsNeedTools: false,
  maxToolDescription: undefined,
  reasoningOn: "omit",
  webSearch: "none",
};
