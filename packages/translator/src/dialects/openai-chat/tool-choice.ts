import type { OfferedTools } from "../../conversation/offered-tools.ts";
import { readToolChoice, type Choice } from "../../conversation/tool-choice.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { ChatToolChoice } from "./chat-request.ts";
import type { ChatScene } from "./scene.ts";
import { searchesUnasked } from "./web-search.ts";

/** The two fields of a chat request that say how tools are to be called. */
export interface EncodedToolChoice {
  readonly parallel_tool_calls?: false;
  readonly tool_choice?: ChatToolChoice;
}

/** Writes `tool_choice`; gives nothing when no tool is left. */
export function encodeToolChoice(request: MessagesRequest, tools: OfferedTools, scene: ChatScene): EncodedToolChoice {
  if (searchesUnasked(scene.profile)) return {};
  const read = readToolChoice(request, tools, scene);
  if (read === undefined) return {};
  return { ...(read.single ? { parallel_tool_calls: false } : {}), tool_choice: written(read.choice, scene) };
}

function written(choice: Choice, { profile }: ChatScene): ChatToolChoice {
  if (choice.type === "tool") return { type: "function", function: { name: choice.name } };
  if (choice.type === "search") {
    return profile.webSearch === "openrouter:web_search" ? { type: profile.webSearch } : "auto";
  }
  return choice.type === "any" ? "required" : choice.type;
}
