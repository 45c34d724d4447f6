import { wantedEffort, type WantedEffort } from "../../conversation/effort.ts";
import { nearestEffort, type OpenAIEffort } from "../../conversation/openai-effort.ts";
import { reasoningDisplay } from "../../conversation/reasoning-display.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import { reasons } from "./reasons.ts";
import type { ReasoningSetting, ResponsesRequest } from "./responses-request.ts";
import type { ResponsesScene } from "./scene.ts";

/**
 * Writes how hard to reason, whether to tell of it, and what to include in the answer. `searches` says that the
 * provider may search the web.
 */
export function encodeReasoning(
  request: MessagesRequest,
  searches: boolean,
  scene: ResponsesScene,
): Pick<ResponsesRequest, "include" | "reasoning"> {
  const { profile } = scene;
  const display = profile.efforts.length === 0 ? "hidden" : reasoningDisplay(request);
  const effort = encodeEffort(request, searches, scene);
  const summary = display === "shown" && profile.summaries;
  const reasoning: ReasoningSetting = {
    ...(effort === undefined ? {} : { effort }),
    ...(summary ? { summary: "auto" as const } : {}),
  };
  const include = [
    ...(display !== "hidden" && profile.reasoningBack ? (["reasoning.encrypted_content"] as const) : []),
    ...(searches ? (["web_search_call.action.sources"] as const) : []),
  ];
  return {
    ...(include.length === 0 ? {} : { include }),
    ...(effort === undefined && !summary ? {} : { reasoning }),
  };
}

function encodeEffort(request: MessagesRequest, searches: boolean, scene: ResponsesScene): OpenAIEffort | undefined {
  const { profile, drops } = scene;
  if (request.thinking?.type === "disabled") {
    if (profile.reasoningOff !== "omit") return withSearch(profile.reasoningOff, searches);
    if (profile.efforts.length > 0) drops.add("thinking", reasons.reasoningOff);
    return undefined;
  }
  const wanted = wantedEffort(request);
  if (wanted === undefined) return undefined;
  const nearest = nearestEffort(wanted.effort, profile.efforts);
  reportEffort(request, { ...wanted, nearest }, scene);
  return nearest === undefined ? undefined : withSearch(nearest, searches);
}

interface Nearest extends WantedEffort {
  readonly nearest: OpenAIEffort | undefined;
}

function reportEffort(
  { thinking }: MessagesRequest,
  { nearest, effort, path }: Nearest,
  { drops }: ResponsesScene,
): void {
  if (nearest === undefined && thinking) drops.add("thinking", reasons.noReasoning);
  else if (thinking?.type === "enabled") drops.add("thinking.budget_tokens", reasons.budgetTokens);
  if (path === undefined || nearest === effort) return;
  drops.add(path, nearest === undefined ? reasons.noReasoning : reasons.effortClamped);
}

/** OpenAI docs, "Web search": it is not to be had with minimal reasoning. */
function withSearch(effort: OpenAIEffort, searches: boolean): OpenAIEffort {
  return searches && effort === "minimal" ? "low" : effort;
}
