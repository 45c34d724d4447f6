import type { OfferedTool, OfferedTools } from "../../conversation/offered-tools.ts";
import { functionParameters } from "../../conversation/schema.ts";
import { readToolChoice, type Choice } from "../../conversation/tool-choice.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { CachePoint, ConverseMessage, ToolChoice, ToolConfig, ToolSpec } from "./converse-request.ts";
import { reasons } from "./reasons.ts";
import type { ConverseScene } from "./scene.ts";

/** The tools of a request and how the model is to choose among them. */
export interface EncodedTools {
  readonly specs: readonly (ToolSpec | CachePoint)[];
  readonly choice: ToolChoice | undefined;
  /** True when the model is made to call a tool. */
  readonly forced: boolean;
}

/** Writes the tools and `tool_choice`. Where no tool may be called none is declared, as there is no other way to say so. */
export function encodeTools(request: MessagesRequest, offered: OfferedTools, scene: ConverseScene): EncodedTools {
  const read = readToolChoice(request, offered, scene)?.choice;
  if (read?.type === "none") {
    scene.drops.add("tools", reasons.toolChoiceNone);
    return { specs: [], choice: undefined, forced: false };
  }
  const specs = offered.tools.flatMap((tool) => encodeTool(tool, scene));
  const choice = read === undefined ? undefined : encodeChoice(read, scene);
  return { specs, choice, forced: choice !== undefined && !("auto" in choice) };
}

function encodeTool(offered: OfferedTool, scene: ConverseScene): (ToolSpec | CachePoint)[] {
  const { name, description, inputSchema, tool, path } = offered;
  const strict = tool.strict === true && scene.profile.strictTools;
  if (tool.strict === true && !strict) scene.drops.add(`${path}.strict`, reasons.strictTool);
  const spec: ToolSpec = {
    toolSpec: {
      name,
      // An empty one is refused.
      ...(/\S/.test(description) ? { description } : {}),
      inputSchema: { json: functionParameters(inputSchema) },
      ...(strict ? { strict } : {}),
    },
  };
  const point = tool.cache_control ? scene.cachePoint("tools", tool.cache_control) : undefined;
  return point === undefined ? [spec] : [spec, point];
}

function encodeChoice(choice: Choice, scene: ConverseScene): ToolChoice | undefined {
  const kinds = scene.profile.toolChoices;
  if (choice.type === "tool" && kinds.includes("tool")) return { tool: { name: choice.name } };
  if (choice.type === "tool" || choice.type === "any") {
    if (kinds.includes("any")) return { any: {} };
    scene.drops.add("tool_choice", reasons.toolChoiceForced);
  }
  return kinds.includes("auto") ? { auto: {} } : undefined;
}

/** "The toolConfig field must be defined when using toolUse and toolResult content blocks." */
const placeholder: ToolSpec = {
  toolSpec: {
    name: "no_tool_available",
    description: "Stands for the tools of earlier turns, none of which is available now. Never call it.",
    inputSchema: { json: { type: "object", properties: {} } },
  },
};

/** The field `toolConfig`; undefined when there is neither a tool nor a call of one in the conversation. */
export function toolConfig(
  { specs, choice }: EncodedTools,
  messages: readonly ConverseMessage[],
): ToolConfig | undefined {
  if (specs.length > 0) return { tools: specs, ...(choice === undefined ? {} : { toolChoice: choice }) };
  const called = messages.some(({ content }) => content.some((block) => "toolUse" in block || "toolResult" in block));
  return called ? { tools: [placeholder] } : undefined;
}
