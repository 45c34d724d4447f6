import type { GeminiProfile } from "@drawbridge/translator";
import { z } from "zod";
import { flag, profileSchema } from "./profile-schema.ts";

const thinking = z.discriminatedUnion("form", [
  z.strictObject({ form: z.literal("level"), levels: z.array(z.enum(["minimal", "low", "medium", "high"])) }),
  z.strictObject({ form: z.literal("budget"), min: z.int().min(0), max: z.int().min(0), off: z.boolean() }),
  z.strictObject({ form: z.literal("none") }),
]);

/** Corrections to what is known of a Gemini model. */
export const geminiProfileSchema = profileSchema<GeminiProfile>({
  thinking: thinking.meta({
    description:
      "How it is told how much to think: by a level, by a number of tokens (0 stops it where `off`), or not.",
    shape: "{ form: level, levels }, { form: budget, min, max, off } or { form: none }",
  }),
  schemas: z
    .enum(["json-schema", "openapi"])
    .meta({ description: "Tools as JSON Schema, or in the subset of OpenAPI's schemas." }),
  signedCalls: flag("Refuses an earlier call without a thought signature."),
  callIds: flag("Takes `id` in calls and responses."),
  mediaInResponses: flag("Takes images and PDFs inside function responses."),
  searchBesideFunctions: flag("Takes Google's search beside functions."),
  formatBesideFunctions: flag("Takes a schema for the answer beside functions."),
  systemInstruction: flag("Takes a system instruction; otherwise the prompt stands in the first content."),
  media: flag("Takes images and PDFs; otherwise a note stands in their place."),
  counts: z
    .enum(["whole-request", "plain-fields"])
    .meta({ description: "What countTokens takes: a whole request (Gemini API), or its fields (Vertex)." }),
  maxOutputTokens: z.int().min(1).meta({ description: "Greatest `maxOutputTokens`; greater ones are clamped." }),
});
