import type { Effort, MessagesRequest } from "../messages/request.ts";

/** Budgets in tokens below which an effort is low or medium. */
const lowBelow = 4_096;
const mediumBelow = 16_384;

/** How hard the client wants the model to think. */
export interface WantedEffort {
  readonly effort: Effort;
  /** Where the client named it; undefined when it follows from `thinking`. */
  readonly path: string | undefined;
}

/**
 * The effort asked for: the latest one of a system message, else that of `output_config`, else what a token budget
 * amounts to, else high, which is Anthropic's default of adaptive thinking. Undefined when nothing asks for thinking.
 * Callers look at `thinking: disabled` first.
 */
export function wantedEffort(request: MessagesRequest): WantedEffort | undefined {
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
