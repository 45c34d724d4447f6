import type { Drops } from "../../conversation/drops.ts";
import type { Effort, Thinking } from "../../messages/request.ts";
import { reasons } from "./reasons.ts";

/** How much a model is to reason, in the terms of the Messages API. */
export interface DecodedEffort {
  readonly thinking?: Thinking;
  readonly effort?: Effort;
}

/** Reads OpenAI's reasoning effort, whose scale has two more steps at its lower end. */
export function decodeEffort(
  effort: "none" | "minimal" | Effort | null | undefined,
  path: string,
  drops: Drops,
): DecodedEffort {
  if (effort === null || effort === undefined) return {};
  if (effort === "none") return { thinking: { type: "disabled" } };
  if (effort === "minimal") drops.add(path, reasons.minimalEffort);
  return { thinking: { type: "adaptive", display: "summarized" }, effort: effort === "minimal" ? "low" : effort };
}
