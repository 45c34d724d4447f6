import type { ConverseProfile } from "@drawbridge/translator";
import { z } from "zod";
import { effortsSchema, flag, profileSchema } from "./profile-schema.ts";

/** Corrections to what is known of a model behind Converse. */
export const converseProfileSchema = profileSchema<ConverseProfile>({
  reasoning: z
    .enum([
      "none",
      "claude-budget",
      "claude-adaptive",
      "claude-both",
      "reasoning_effort",
      "reasoning.effort",
      "reasoningConfig",
    ])
    .meta({ description: "How it is told to think, and how much." }),
  efforts: effortsSchema.meta({ description: "Efforts that it has, in rising order." }),
  nativeReasoning: flag("Is Claude: its reasoning goes back as it came."),
  reasoningBack: flag("Wants its reasoning back."),
  images: flag("Takes images; otherwise a note stands in their place."),
  documents: flag("Takes PDFs; otherwise a note stands in their place."),
  cachePoints: z.array(z.enum(["system", "tools", "messages"])).meta({ description: "Where cache points may stand." }),
  cacheHour: flag("Takes cache points that last an hour."),
  toolChoices: z.array(z.enum(["auto", "any", "tool"])).meta({ description: "Kinds of `toolChoice` that it takes." }),
  toolResultStatus: flag("Takes `status` on tool results."),
  mixedTurns: flag("Takes text beside tool calls and their results."),
  strictTools: flag("Takes `strict` on tools."),
  structuredOutput: flag("Takes `outputConfig.textFormat`."),
  sampling: z
    .enum(["all", "one", "none"])
    .meta({ description: "Sampling parameters: all, one of `temperature` and `top_p`, or none." }),
  topK: z.enum(["top_k", "inferenceConfig.topK"]).meta({ description: "The name under which it takes `top_k`." }),
  prefill: flag("Goes on with a last assistant message."),
  tellsStopSequence: flag("Tells which stop sequence it was."),
});
