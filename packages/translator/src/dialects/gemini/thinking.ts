import { wantedEffort, type WantedEffort } from "../../conversation/effort.ts";
import { nearestEffort } from "../../conversation/openai-effort.ts";
import type { Effort, MessagesRequest } from "../../messages/request.ts";
import type { GeminiThinkingConfig } from "./gemini-request.ts";
import type { GeminiThinking } from "./profile.ts";
import { reasons } from "./reasons.ts";
import type { GeminiScene } from "./scene.ts";

/** Tokens that Google's own OpenAI-compatible endpoint gives an effort. Source: ai.google.dev, "OpenAI compatibility". */
const budgets: Readonly<Record<Effort, number>> = {
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: Infinity,
  max: Infinity,
};
/** Lets the model decide, which is what adaptive thinking means. */
const dynamicBudget = -1;

/** Writes `thinking` and the effort asked for in the model's own form; undefined when neither asks for anything. */
export function encodeThinking(request: MessagesRequest, scene: GeminiScene): GeminiThinkingConfig | undefined {
  const { thinking: form } = scene.profile;
  if (request.thinking?.type === "disabled") return withoutThinking(form, scene);
  const wanted = wantedEffort(request);
  if (wanted === undefined) return undefined;
  const amount = amountOf({ request, wanted, form }, scene);
  // Gemini sends summaries of its thoughts only when asked to.
  return amount && { ...(request.thinking ? { includeThoughts: true as const } : {}), ...amount };
}

interface Wish {
  readonly request: MessagesRequest;
  readonly wanted: WantedEffort;
  readonly form: GeminiThinking;
}

function amountOf({ request, wanted, form }: Wish, scene: GeminiScene): GeminiThinkingConfig | undefined {
  switch (form.form) {
    case "level":
      return levelOf(request, wanted, { levels: form.levels, scene });
    case "budget":
      return { thinkingBudget: budgetOf({ request, wanted, form }, scene) };
    case "none":
      if (request.thinking) scene.drops.add("thinking", reasons.noReasoning);
      if (wanted.path !== undefined) scene.drops.add(wanted.path, reasons.noReasoning);
      return undefined;
  }
}

interface Levels {
  readonly levels: Extract<GeminiThinking, { form: "level" }>["levels"];
  readonly scene: GeminiScene;
}

function levelOf(request: MessagesRequest, wanted: WantedEffort, { levels, scene }: Levels): GeminiThinkingConfig {
  if (request.thinking?.type === "enabled") scene.drops.add("thinking.budget_tokens", reasons.budgetTokens);
  const nearest = nearestEffort(wanted.effort, levels);
  if (nearest !== wanted.effort && wanted.path !== undefined) scene.drops.add(wanted.path, reasons.effortClamped);
  return asLevel(levels.find((level) => level === nearest));
}

const wireLevels = { minimal: "MINIMAL", low: "LOW", medium: "MEDIUM", high: "HIGH" } as const;

function asLevel(level: keyof typeof wireLevels | undefined): GeminiThinkingConfig {
  return level === undefined ? {} : { thinkingLevel: wireLevels[level] };
}

type BudgetForm = Extract<GeminiThinking, { form: "budget" }>;

function budgetOf({ request, wanted, form }: Wish & { readonly form: BudgetForm }, scene: GeminiScene): number {
  if (wanted.path !== undefined) {
    scene.drops.add(wanted.path, reasons.effortBudget);
    return clamp(budgets[wanted.effort] ?? Infinity, form);
  }
  if (request.thinking?.type !== "enabled") return dynamicBudget;
  const asked = request.thinking.budget_tokens;
  const budget = clamp(asked, form);
  if (budget !== asked) scene.drops.add("thinking.budget_tokens", reasons.budgetRange);
  return budget;
}

function clamp(tokens: number, { min, max }: BudgetForm): number {
  return Math.min(Math.max(tokens, min), max);
}

function withoutThinking(form: GeminiThinking, { drops }: GeminiScene): GeminiThinkingConfig | undefined {
  if (form.form === "none") return undefined;
  if (form.form === "budget" && form.off) return { thinkingBudget: 0 };
  drops.add("thinking", reasons.reasoningOff);
  // The least that the model can be told; what it thinks all the same is not shown.
  return form.form === "budget" ? { thinkingBudget: form.min } : asLevel(form.levels[0]);
}
