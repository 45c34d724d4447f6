import { expect, test } from "vitest";
import { providerSchema } from "./schema.ts";

test.each([
  { responses: { maxTokensRange: { min: 16, max: 4_096 }, efforts: ["low"], webSearch: false } },
  { gemini: { thinking: { form: "budget", min: 0, max: 24_576, off: true }, media: false } },
  { gemini: { thinking: { form: "level", levels: ["low", "high"] } } },
  { converse: { reasoning: "reasoning.effort", topK: "top_k", cachePoints: ["system"] } },
  { chat: { webSearch: "none", efforts: [] } },
])("takes corrections of a profile as they are: %j", (settings) => {
  expect(providerSchema.parse(settings)).toEqual(settings);
});

test.each([
  { responses: { effort: ["low"] } },
  { responses: { maxTokensRange: { min: 1 } } },
  { gemini: { thinking: { form: "level", budget: 1 } } },
  { converse: { topK: "top-k" } },
  { chat: { efforts: "low" } },
])("refuses what no profile has: %j", (settings) => {
  expect(providerSchema.safeParse(settings).success).toBe(false);
});
