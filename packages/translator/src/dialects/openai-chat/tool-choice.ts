import type { MessagesRequest, ToolChoice } from "../../messages/request.ts";
import type { ChatToolChoice } from "./chat-request.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import type { EncodedTools } from "./tools.ts";

/** The two fields of a chat request that say how tools are to be called. */
export interface EncodedToolChoice {
  readonly parallel_tool_calls?: false;
  readonly tool_choice?: ChatToolChoice;
}

/** Writes `tool_choice`; gives nothing when no tool is left, as servers refuse a choice without tools. */
export function encodeToolChoice(request: MessagesRequest, encoded: EncodedTools, scene: Scene): EncodedToolChoice {
  const choice = request.tool_choice;
  if (choice === undefined || choice === null) return {};
  if (encoded.tools.length === 0) {
    scene.drops.add("tool_choice", reasons.toolChoiceWithoutTools);
    return {};
  }
  const single = choice.type !== "none" && choice.disable_parallel_tool_use === true;
  if (single && !scene.profile.parallelToolCalls) {
    scene.drops.add("tool_choice.disable_parallel_tool_use", reasons.parallelToolCalls);
  }
  return {
    ...(single && scene.profile.parallelToolCalls ? { parallel_tool_calls: false } : {}),
    tool_choice: chosen(choice, encoded, scene),
  };
}

function chosen(choice: ToolChoice, encoded: EncodedTools, scene: Scene): ChatToolChoice {
  if (choice.type === "auto" || choice.type === "none") return choice.type;
  if (choice.type === "tool" && !encoded.declared.has(choice.name)) {
    scene.drops.add("tool_choice", reasons.toolChoiceDropped);
    return "auto";
  }
  if (!scene.profile.toolChoiceRequired) {
    scene.drops.add("tool_choice", reasons.toolChoiceForced);
    return "auto";
  }
  if (choice.type === "any") return "required";
  return { type: "function", function: { name: scene.names.toWire(choice.name) } };
}

/**
 * True when a request is for web search alone: it is the only tool declared, or the one to be called. Claude Code asks
 * so in a request of its own, and a model without search has nothing to answer with.
 */
export function asksOnlyForSearch(request: MessagesRequest, encoded: EncodedTools): boolean {
  const choice = request.tool_choice;
  if (choice?.type === "none") return false;
  if (choice?.type === "tool" && encoded.searches.has(choice.name)) return !encoded.declared.has(choice.name);
  return encoded.onlySearch;
}
