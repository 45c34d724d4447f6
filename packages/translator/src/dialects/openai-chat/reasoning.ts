import { wantedEffort, type WantedEffort } from "../../conversation/effort.ts";
import { nearestEffort } from "../../conversation/openai-effort.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { ChatRequest } from "./chat-request.ts";
import { reasons } from "./reasons.ts";
import type { ChatScene } from "./scene.ts";

/** The fields of a chat request that say how much to reason. */
export type EncodedReasoning = Pick<ChatRequest, "reasoning_effort" | "thinking">;

/** Writes `thinking` and the effort asked for as the nearest effort that the model has. */
export function encodeReasoning(request: MessagesRequest, hasTools: boolean, scene: ChatScene): EncodedReasoning {
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

function switchedOn({ profile }: ChatScene): EncodedReasoning {
  return profile.reasoningOn === "thinking-enabled" ? { thinking: { type: "enabled" } } : {};
}

function withoutEffort(request: MessagesRequest, wanted: WantedEffort, scene: ChatScene): EncodedReasoning {
  const on = switchedOn(scene);
  if (request.thinking && on.thinking === undefined) scene.drops.add("thinking", reasons.noReasoning);
  if (request.output_config?.effort) scene.drops.add("output_config.effort", reasons.noReasoning);
  if (wanted.path !== undefined) scene.drops.add(wanted.path, reasons.noReasoning);
  return on;
}

function withoutEffortBesideTools(wanted: WantedEffort, { profile, drops }: ChatScene): EncodedReasoning {
  drops.add(wanted.path ?? "thinking", reasons.effortWithTools);
  return profile.efforts.includes("none") ? { reasoning_effort: "none" } : {};
}

function reasoningOff(hasTools: boolean, { profile, drops }: ChatScene): EncodedReasoning {
  const { reasoningOff: off } = profile;
  // DeepSeek refuses an effort beside it: "thinking options type cannot be disabled when reasoning_effort is set".
  if (off === "thinking-disabled") return { thinking: { type: "disabled" } };
  if (off === "none" || (off === "minimal" && (profile.effortWithTools || !hasTools))) return { reasoning_effort: off };
  if (profile.efforts.length > 0) drops.add("thinking", reasons.reasoningOff);
  return {};
}
