import type { MessagesRequest, ToolChoice } from "../messages/request.ts";
import type { OfferedTools } from "./offered-tools.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";

/** How the model is to choose among its tools. `name` is the one on the wire. */
export type Choice =
  | { readonly type: "auto" | "none" | "any" | "search" }
  | { readonly type: "tool"; readonly name: string };

/** What of `tool_choice` can be said to the provider. */
export interface EffectiveChoice {
  readonly choice: Choice;
  /** True when the model is to be told to call one tool at a time. */
  readonly single: boolean;
}

/** Reads `tool_choice`; undefined when there is none or no tool is left, as providers refuse a choice without tools. */
export function readToolChoice(
  request: MessagesRequest,
  tools: OfferedTools,
  scene: Scene,
): EffectiveChoice | undefined {
  const choice = request.tool_choice;
  if (choice === undefined || choice === null) return undefined;
  if (tools.tools.length === 0 && tools.search === undefined) {
    scene.drops.add("tool_choice", reasons.toolChoiceWithoutTools);
    return undefined;
  }
  const single = choice.type !== "none" && choice.disable_parallel_tool_use === true;
  if (single && !scene.rules.parallelSwitch) {
    scene.drops.add("tool_choice.disable_parallel_tool_use", reasons.parallelToolCalls);
  }
  return { choice: effective(choice, tools, scene), single: single && scene.rules.parallelSwitch };
}

function effective(choice: ToolChoice, tools: OfferedTools, scene: Scene): Choice {
  if (choice.type === "auto" || choice.type === "none") return choice;
  const search = choice.type === "tool" && tools.search !== undefined && tools.searches.has(choice.name);
  if (choice.type === "tool" && !search && !tools.declared.has(choice.name)) {
    scene.drops.add("tool_choice", reasons.toolChoiceDropped);
    return { type: "auto" };
  }
  if (!scene.rules.forcesTools) {
    scene.drops.add("tool_choice", reasons.toolChoiceForced);
    return { type: "auto" };
  }
  if (choice.type === "any") return choice;
  return search ? { type: "search" } : { type: "tool", name: scene.names.toWire(choice.name) };
}

/**
 * True when a request is for web search alone: it is the only tool declared, or the one to be called. Claude Code asks
 * so in a request of its own, and a model without search has nothing to answer with.
 */
export function asksOnlyForSearch(request: MessagesRequest, tools: OfferedTools): boolean {
  const choice = request.tool_choice;
  if (choice?.type === "none") return false;
  if (choice?.type === "tool" && tools.searches.has(choice.name)) return !tools.declared.has(choice.name);
  return tools.onlySearch;
}
