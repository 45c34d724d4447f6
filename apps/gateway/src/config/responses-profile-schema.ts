import type { ResponsesProfile } from "@drawbridge/translator";
import { z } from "zod";
import { effortsSchema, flag, profileSchema, tokenRangeSchema } from "./profile-schema.ts";

/** Corrections to what is known of a server of the Responses API. */
export const responsesProfileSchema = profileSchema<ResponsesProfile>({
  maxTokensRange: tokenRangeSchema.meta({
    description: "Least and greatest value of `max_output_tokens`; others are clamped.",
    shape: "{ min, max }",
  }),
  midSystem: z
    .enum(["developer", "user-reminder"])
    .meta({ description: "How a system message in the middle of a conversation is written." }),
  images: flag("Takes images; otherwise a note stands in their place."),
  files: flag("Takes PDFs as `input_file`; otherwise a note stands in their place."),
  toolMedia: z.enum(["in-output", "in-user-message"]).meta({ description: "Where media of tool results go." }),
  efforts: effortsSchema.meta({
    description: "Values of `reasoning.effort` in rising order; empty when the model does not reason.",
  }),
  reasoningOff: z
    .enum(["none", "minimal", "omit"])
    .meta({ description: "The effort that turns reasoning off, if any." }),
  summaries: flag("Gives summaries of its reasoning when asked."),
  reasoningBack: flag("Takes earlier reasoning items back."),
  sampling: flag("Takes `temperature` and `top_p`."),
  parallelToolCalls: flag("Takes `parallel_tool_calls`."),
  toolChoiceRequired: flag("Takes `tool_choice: required`."),
  maxTools: z.int().min(0).meta({ description: "Greatest number of tools." }),
  structuredOutput: flag("Takes `text.format` with a JSON schema."),
  promptCacheKey: flag("Takes `prompt_cache_key`."),
  cacheBreakpoints: flag("Takes `prompt_cache_breakpoint` on text parts."),
  webSearch: flag("Runs the built-in tool `web_search`."),
  obfuscation: flag("Pads streamed events, and takes word to leave that out."),
});
