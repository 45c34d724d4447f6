import type { ChatProfile } from "@drawbridge/translator";
import { z } from "zod";
import { effortsSchema, flag, profileSchema, tokenRangeSchema } from "./profile-schema.ts";

const count = (meaning: string): z.ZodInt => z.int().min(0).meta({ description: meaning });

/** Corrections to what is known of an OpenAI-compatible server. */
export const chatProfileSchema = profileSchema<ChatProfile>({
  maxTokensField: z
    .enum(["max_tokens", "max_completion_tokens"])
    .meta({ description: "Name of the field that limits the answer." }),
  maxTokensRange: tokenRangeSchema.meta({
    description: "Least and greatest value of that field; others are clamped.",
    shape: "{ min, max }",
  }),
  systemRole: z.enum(["system", "developer"]).meta({ description: "Role of the system prompt." }),
  midSystem: z
    .enum(["user-reminder", "system"])
    .meta({ description: "How a system message in the middle of a conversation is written." }),
  images: flag("Takes images; otherwise a note stands in their place."),
  files: flag("Takes PDFs as `file` parts; otherwise a note stands in their place."),
  toolMedia: z.enum(["in-tool-message", "in-user-message"]).meta({ description: "Where images of tool results go." }),
  efforts: effortsSchema.meta({
    description: "Values of `reasoning_effort` in rising order; empty when there is no such parameter.",
  }),
  reasoningOff: z
    .enum(["none", "minimal", "thinking-disabled", "omit"])
    .meta({ description: "What turns reasoning off: an effort, a `thinking` object, or nothing." }),
  webSearch: z.enum(["none", "search_domain_filter", "search_settings", "openrouter:web_search"]).meta({
    description:
      "What the provider's own web search is set up with: a field, of models that search unasked and take no tools, or " +
      "a tool of this type; `none` when it has no search.",
  }),
  reasoningOn: z
    .enum(["thinking-enabled", "omit"])
    .meta({ description: "What turns reasoning on beside an effort: a `thinking` object, or nothing." }),
  effortWithTools: flag("Takes a reasoning effort beside tools."),
  reasoningBack: z
    .enum(["reasoning_content", "reasoning", "reasoning_details", "never"])
    .meta({ description: "Under which key earlier reasoning is handed back." }),
  toolCallIds: z
    .enum(["any", "max-40", "alphanumeric-9"])
    .meta({ description: "Rule for ids of tool calls; other ids are mapped." }),
  maxTools: count("Greatest number of tools."),
  maxToolDescription: count("Greatest number of characters of a tool's description."),
  sampling: flag("Takes `temperature`, `top_p` and `stop`."),
  topK: flag("Takes `top_k`."),
  maxStopSequences: count("Greatest number of stop sequences."),
  parallelToolCalls: flag("Takes `parallel_tool_calls`."),
  toolChoiceRequired: flag("Takes `tool_choice: required`."),
  streamUsage: flag("Takes `stream_options: { include_usage: true }`."),
  structuredOutput: flag("Takes `response_format` with a JSON schema."),
  promptCacheKey: flag("Takes `prompt_cache_key`."),
  cacheControl: flag("Takes Anthropic's `cache_control` on content parts."),
  cacheBreakpoints: flag("Takes `prompt_cache_breakpoint` on text parts."),
  prefill: z
    .enum(["as-is", "prefix", "continue_final_message"])
    .meta({ description: "How a last assistant message is continued." }),
  mergeSameRole: flag("Wants user and assistant to take turns: neighbours become one message."),
  userAfterTool: flag("Takes a user message directly after tool results; false puts an assistant message in between."),
  toolCallsNeedTools: flag("Refuses tool calls in the history of a request without tools: they become text."),
});
