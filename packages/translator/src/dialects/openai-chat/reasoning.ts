import type { Effort, MessagesRequest } from "../../messages/request.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { ChatProfile } from "./profile.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";

/** Every value of `reasoning_effort`, rising. Source: `ReasoningEffort` in openai-node. */
const ladder = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** Budgets in tokens below which an effort is low or medium. */
const lowBelow = 4_096;
const mediumBelow = 16_384;

type ChatEffort = ChatProfile["efforts"][number];

/** The fields of a chat request that say how much to reason. */
export type EncodedReasoning = Pick<ChatRequest, "reasoning_effort" | "thinking">;

/**
 * Writes `thinking` and the effort asked for: the latest one of a system message, else that of `output_config`, else
 * what a token budget amounts to, else high, which is Anthropic's default of adaptive thinking.
 */
export function encodeReasoning(request: MessagesRequest, hasTools: boolean, scene: Scene): EncodedReasoning {
  if (request.thinking?.type === "disabled") return reasoningOff(hasTools, scene);
  const wanted = wantedEffort(request);
  if (wanted === undefined) return {};
  const nearest = nearestEffort(wanted.effort, scene.profile.efforts);
  if (nearest === undefined) return withoutEffort(request, wanted, scene);
  if (hasTools && !scene.profile.effortWithTools) return withoutEffortBesideTools(wanted, scene);
  if (request.thinking?.type === "enabled") scene.drops.add("thinking.budget_tokens", reasons.budgetTokens);
  if (nearest !== wanted.effort && wanted.path !== undefined) scene.drops.add(wanted.path, reasons.effortClamped);
  return { reasoning_effort: nearest, ...switchedOn(scene) };
}

function switchedOn({ profile }: Scene): EncodedReasoning {
  return profile.reasoningOn === "thinking-enabled" ? { thinking: { type: "enabled" } } : {};
}

function withoutEffort(request: MessagesRequest, wanted: WantedEffort, scene: Scene): EncodedReasoning {
  const on = switchedOn(scene);
  if (request.thinking && on.thinking === undefined) scene.drops.add("thinking", reasons.noReasoning);
  if (request.output_config?.effort) scene.drops.add("output_config.effort", reasons.noReasoning);
  if (wanted.path !== undefined) scene.drops.add(wanted.path, reasons.noReasoning);
  return on;
}

function withoutEffortBesideTools(wanted: WantedEffort, { profile, drops }: Scene): EncodedReasoning {
  drops.add(wanted.path ?? "thinking", reasons.effortWithTools);
  return profile.efforts.includes("none") ? { reasoning_effort: "none" } : {};
}

function reasoningOff(hasTools: boolean, { profile, drops }: Scene): EncodedReasoning {
  const { reasoningOff: off } = profile;
  // DeepSeek refuses an effort beside it: "thinking options type cannot be disabled when reasoning_effort is set".
  if (off === "thinking-disabled") return { thinking: { type: "disabled" } };
  if (off === "none" || (off === "minimal" && (profile.effortWithTools || !hasTools))) return { reasoning_effort: off };
  if (profile.efforts.length > 0) drops.add("thinking", reasons.reasoningOff);
  return {};
}

interface WantedEffort {
  readonly effort: Effort;
  /** Where the client named it; undefined when it follows from `thinking`. */
  readonly path: string | undefined;
}

function wantedEffort(request: MessagesRequest): WantedEffort | undefined {
  const turn = request.messages.findLastIndex(
    ({ role, output_config: own }) => role === "system" && Boolean(own?.effort),
  );
  const perTurn = request.messages[turn]?.output_config?.effort;
  if (perTurn) return { effort: perTurn, path: `messages[${turn}].output_config.effort` };
  const overall = request.output_config?.effort;
  if (overall) return { effort: overall, path: "output_config.effort" };
  const { thinking } = request;
  if (thinking?.type === "enabled") return { effort: effortOf(thinking.budget_tokens), path: undefined };
  // Also kinds of thinking that came up since, as long as they do not switch it off.
  return thinking ? { effort: "high", path: undefined } : undefined;
}

function effortOf(budgetTokens: number): Effort {
  if (budgetTokens < lowBelow) return "low";
  return budgetTokens < mediumBelow ? "medium" : "high";
}

/** The greatest effort that is not above the wanted one, else the least there is; "none" is not an effort. */
function nearestEffort(wanted: Effort, efforts: ChatProfile["efforts"]): ChatEffort | undefined {
  const usable = efforts.filter((effort) => effort !== "none");
  const reach = ladder.indexOf(wanted);
  return usable.findLast((effort) => ladder.indexOf(effort) <= reach) ?? usable[0];
}
