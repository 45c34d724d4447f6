import { genericGemini, type GeminiProfile } from "./profile.ts";

interface ModelRow {
  readonly model: RegExp;
  readonly profile: Partial<GeminiProfile>;
}

const beforeThree: Partial<GeminiProfile> = {
  signedCalls: false,
  mediaInResponses: false,
  formatBesideFunctions: false,
};

/**
 * What models take where it differs from {@link genericGemini}; the first row that fits counts. Sources: ai.google.dev
 * and docs.cloud.google.com, "Thinking": budgets up to Gemini 2.5, levels from Gemini 3 on ("thinking_level is not
 * supported by this model"); "Function calling": media in responses from Gemini 3 on.
 */
const rows: readonly ModelRow[] = [
  {
    model: /^gemini-2\.5-pro/,
    profile: { ...beforeThree, thinking: { form: "budget", min: 128, max: 32_768, off: false } },
  },
  {
    model: /^gemini-2\.5-flash-lite/,
    profile: { ...beforeThree, thinking: { form: "budget", min: 512, max: 24_576, off: true } },
  },
  {
    model: /^gemini-2\.5-/,
    profile: { ...beforeThree, thinking: { form: "budget", min: 1, max: 24_576, off: true } },
  },
  { model: /^gemini-(?:1|2)[.-]/, profile: { ...beforeThree, thinking: { form: "none" }, maxOutputTokens: 8_192 } },
  { model: /^gemini-3-pro/, profile: { thinking: { form: "level", levels: ["low", "high"] } } },
  {
    model: /^gemini-3(?:\.[1-6])?-flash/,
    profile: { thinking: { form: "level", levels: ["minimal", "low", "medium", "high"] } },
  },
  {
    model: /^gemma-3/,
    profile: { ...beforeThree, thinking: { form: "none" }, systemInstruction: false, maxOutputTokens: 8_192 },
  },
  { model: /^gemma-/, profile: { ...beforeThree, thinking: { form: "none" }, maxOutputTokens: 8_192 } },
];

/** What a model takes, by its name with or without the collection that it stands in. */
export function geminiProfileOf(model: string): GeminiProfile {
  const name = model.slice(model.lastIndexOf("/") + 1);
  return { ...genericGemini, ...rows.find((row) => row.model.test(name))?.profile };
}
