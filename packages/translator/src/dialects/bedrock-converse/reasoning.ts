import { wantedEffort, type WantedEffort } from "../../conversation/effort.ts";
import { nearestEffort, type OpenAIEffort } from "../../conversation/openai-effort.ts";
import type { Effort, MessagesRequest, Thinking } from "../../messages/request.ts";
import type { ModelFields } from "./converse-request.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";

/** What else of a request decides whether a model may think. */
export interface ReasoningFacts {
  /** True when the model is made to call a tool. */
  readonly forcedTool: boolean;
  /** True when the last turn of the assistant lacks the thinking that came before its calls. */
  readonly thinkingLost: boolean;
}

/** The model's own fields that say how much to think, and whether it does. */
export interface EncodedReasoning {
  readonly fields: ModelFields;
  readonly thinks: boolean;
}

/** Source: Anthropic docs, "Thinking": a budget is at least 1,024 tokens and less than max_tokens. */
const leastBudget = 1_024;
const budgets = { low: 4_096, medium: 10_000, high: 16_000, xhigh: 24_000, max: 31_999 } as const satisfies Record<
  Effort,
  number
>;
const nothing: EncodedReasoning = { fields: {}, thinks: false };

/** Writes `thinking` and the effort in the form that the model's family has for them. */
export function encodeReasoning(
  request: MessagesRequest,
  facts: ReasoningFacts,
  scene: ConverseScene,
): EncodedReasoning {
  switch (scene.profile.reasoning) {
    case "none":
      return withoutSetting(request, scene);
    case "claude-budget":
    case "claude-adaptive":
    case "claude-both":
      return claude(request, facts, scene);
    case "reasoning_effort":
      return byEffort(request, scene, (effort) => ({ reasoning_effort: effort }));
    case "reasoning.effort":
      return byEffort(request, scene, (effort) => ({ reasoning: { effort } }));
    case "reasoningConfig":
      return byEffort(request, scene, (effort) => ({
        reasoningConfig: { type: "enabled", maxReasoningEffort: effort },
      }));
  }
}

function withoutSetting(request: MessagesRequest, { drops }: ConverseScene): EncodedReasoning {
  if (request.thinking && request.thinking.type !== "disabled") drops.add("thinking", reasons.noReasoning);
  reportEffort(request, drops);
  return nothing;
}

/** Reports the effort, of the request and of the turn that names another. */
function reportEffort(request: MessagesRequest, drops: ConverseScene["drops"]): void {
  if (request.output_config?.effort) drops.add("output_config.effort", reasons.noReasoning);
  const path = wantedEffort(request)?.path;
  if (path !== undefined) drops.add(path, reasons.noReasoning);
}

type Writing = (effort: OpenAIEffort) => ModelFields;

function byEffort(request: MessagesRequest, { profile, drops }: ConverseScene, write: Writing): EncodedReasoning {
  const { efforts } = profile;
  if (request.thinking?.type === "disabled") {
    if (efforts.includes("none")) return { fields: write("none"), thinks: false };
    // A model with one effort only does not think unless told so.
    if (efforts.length > 1 && profile.reasoning === "reasoning_effort") drops.add("thinking", reasons.reasoningOff);
    return nothing;
  }
  const wanted = wantedEffort(request);
  const nearest = wanted === undefined ? undefined : nearestEffort(wanted.effort, efforts);
  if (wanted === undefined || nearest === undefined) return nothing;
  if (request.thinking?.type === "enabled") drops.add("thinking.budget_tokens", reasons.budgetTokens);
  reportClamped(wanted, nearest, drops);
  return { fields: write(nearest), thinks: true };
}

function reportClamped({ effort, path }: WantedEffort, nearest: OpenAIEffort, drops: ConverseScene["drops"]): void {
  if (path !== undefined && nearest !== effort) drops.add(path, reasons.effortClamped);
}

function claude(request: MessagesRequest, facts: ReasoningFacts, scene: ConverseScene): EncodedReasoning {
  const wanted = wantedEffort(request);
  const thinking = claudeThinking(request, { wanted, facts, scene });
  const thinks = thinking !== undefined && thinking["type"] !== "disabled";
  return {
    fields: { ...(thinking === undefined ? {} : { thinking }), ...claudeEffort(request, thinks, scene) },
    thinks,
  };
}

function claudeEffort(request: MessagesRequest, thinks: boolean, scene: ConverseScene): ModelFields {
  const { profile, drops } = scene;
  if (profile.reasoning === "claude-budget") {
    // Where there is no budget of the client's own, the effort became one.
    if (!thinks || request.thinking?.type === "enabled") reportEffort(request, drops);
    return {};
  }
  const wanted = wantedEffort(request);
  const fromBudget = request.thinking?.type === "enabled" && profile.reasoning === "claude-adaptive";
  if (wanted === undefined || (wanted.path === undefined && !fromBudget)) return {};
  const nearest = nearestEffort(wanted.effort, profile.efforts);
  if (nearest === undefined) return {};
  reportClamped(wanted, nearest, drops);
  return { output_config: { effort: nearest } };
}

interface ThinkingQuestion {
  readonly wanted: WantedEffort | undefined;
  readonly facts: ReasoningFacts;
  readonly scene: ConverseScene;
}

function claudeThinking(request: MessagesRequest, question: ThinkingQuestion): ModelFields | undefined {
  const { thinking } = request;
  if (!thinking) return undefined;
  if (thinking.type === "disabled") return { type: "disabled" };
  const { facts, scene } = question;
  if (facts.forcedTool) {
    scene.drops.add("thinking", reasons.thinkingAndForcedTool);
    return undefined;
  }
  const mode = scene.profile.reasoning;
  const byBudget = mode === "claude-budget" || (mode === "claude-both" && thinking.type === "enabled");
  if (!byBudget) return adaptive(thinking, scene);
  if (facts.thinkingLost) {
    scene.drops.add("thinking", reasons.thinkingLost);
    return undefined;
  }
  return budgeted(request, thinking, question);
}

function adaptive(thinking: Thinking, { drops }: ConverseScene): ModelFields {
  if (thinking.type === "enabled") drops.add("thinking.budget_tokens", reasons.budgetAsAdaptive);
  return { type: "adaptive", ...displayOf(thinking) };
}

function budgeted(
  request: MessagesRequest,
  thinking: Thinking,
  { wanted, scene }: ThinkingQuestion,
): ModelFields | undefined {
  const asked = thinking.type === "enabled" ? thinking.budget_tokens : budgets[wanted?.effort ?? "high"];
  if (thinking.type !== "enabled") scene.drops.add("thinking.type", reasons.adaptiveAsBudget);
  const budget = Math.min(asked, request.max_tokens - 1);
  if (budget < leastBudget) {
    scene.drops.add("thinking", reasons.budgetTooSmall);
    return undefined;
  }
  if (thinking.type === "enabled" && budget < asked) scene.drops.add("thinking.budget_tokens", reasons.budget);
  return { type: "enabled", budget_tokens: budget, ...displayOf(thinking) };
}

function displayOf(thinking: Thinking): ModelFields {
  return thinking.type !== "disabled" && typeof thinking.display === "string" ? { display: thinking.display } : {};
}
