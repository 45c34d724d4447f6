import type { Drops } from "../../conversation/drops.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest, Tool, ToolChoice } from "../../messages/request.ts";
import { customTool } from "../shared/custom-tool.ts";
import { functionTool } from "../shared/function-tool.ts";
import { reasons } from "../shared/reasons.ts";
import type { ChatRequest, ChatTool, ChatToolChoice } from "./chat-request.ts";

/** The tools of a request, and which of them take one text instead of an object. */
export interface DecodedTools {
  readonly fields: Pick<MessagesRequest, "tools" | "tool_choice">;
  readonly custom: ReadonlySet<string>;
  /** Where each tool stood in the client's request. */
  readonly toolPaths: readonly string[];
}

/** Reads tools and tool choice. */
export function decodeTools(request: ChatRequest, drops: Drops): DecodedTools {
  const { tool_choice: choice, parallel_tool_calls: parallel } = request;
  const allowed = allowedNames(choice);
  const custom = new Set<string>();
  const tools: Tool[] = [];
  const toolPaths: string[] = [];
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const path = `tools[${index}]`;
    const decoded = decodeTool(tool, { drops, path });
    if (decoded === undefined || allowed?.has(decoded.name) === false) continue;
    if (tool.type === "custom") custom.add(decoded.name);
    tools.push(decoded);
    toolPaths.push(path);
  }
  if (tools.length === 0) return { fields: {}, custom, toolPaths };
  const toolChoice = decodeChoice(choice, parallel === false);
  return { fields: { tools, ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }) }, custom, toolPaths };
}

function decodeTool(tool: ChatTool, { drops, path }: { drops: Drops; path: string }): Tool | undefined {
  const mark = tool.cache_control ? { cache_control: tool.cache_control } : {};
  switch (tool.type) {
    case "function":
      return { ...functionTool(tool.function), ...mark };
    case "custom":
      if (isRecord(tool.custom.format) && tool.custom.format["type"] === "grammar")
        drops.add(`${path}.custom.format`, reasons.grammar);
      return { ...customTool(tool.custom), ...mark };
    default:
      drops.add(path, reasons.unknownTool);
      return undefined;
  }
}

/** The tools that may be called now, when they are not all. */
function allowedNames(choice: ChatRequest["tool_choice"]): ReadonlySet<string> | undefined {
  if (!isRecord(choice) || choice.type !== "allowed_tools") return undefined;
  const names = choice.allowed_tools.tools.map((tool) => {
    const named = isRecord(tool) ? (tool["function"] ?? tool["custom"] ?? tool) : undefined;
    return isRecord(named) ? String(named["name"]) : "";
  });
  return new Set(names);
}

function decodeChoice(choice: ChatRequest["tool_choice"], oneAtATime: boolean): ToolChoice | undefined {
  const decoded = choice ? choiceOf(choice) : undefined;
  if (!oneAtATime || decoded?.type === "none") return decoded;
  return { ...(decoded ?? { type: "auto" }), disable_parallel_tool_use: true };
}

const modes = { none: { type: "none" }, auto: { type: "auto" }, required: { type: "any" } } as const;

function choiceOf(choice: ChatToolChoice): ToolChoice | undefined {
  if (typeof choice === "string") return modes[choice];
  switch (choice.type) {
    case "function":
      return { type: "tool", name: choice.function.name };
    case "custom":
      return { type: "tool", name: choice.custom.name };
    case "allowed_tools":
      return modes[choice.allowed_tools.mode];
    default:
      return undefined;
  }
}
