import { isRecord } from "../../json/is-record.ts";
import type { OfferedSearch, OfferedTool, OfferedTools } from "../../conversation/offered-tools.ts";
import { functionParameters, qualifiesForStrict } from "../../conversation/schema.ts";
import { readToolChoice, type Choice } from "../../conversation/tool-choice.ts";
import type { MessagesRequest, Tool } from "../../messages/request.ts";
import { reasons } from "./reasons.ts";
import type { FunctionTool, ResponsesRequest, ResponsesToolChoice, SearchTool } from "./responses-request.ts";
import type { ResponsesScene } from "./scene.ts";

type ToolFields = Pick<ResponsesRequest, "max_tool_calls" | "parallel_tool_calls" | "tool_choice" | "tools">;

/** Writes the tools and how they are to be called. */
export function encodeTools(request: MessagesRequest, offered: OfferedTools, scene: ResponsesScene): ToolFields {
  const functions = offered.tools.map((tool) => encodeFunction(tool, scene));
  const read = readToolChoice(request, offered, scene);
  // First, as more functions may follow in later turns.
  const tools = offered.search === undefined ? functions : [encodeSearch(offered.search, scene), ...functions];
  const maxUses = offered.search?.tool["max_uses"];
  return {
    ...(typeof maxUses === "number" ? { max_tool_calls: maxUses } : {}),
    ...(read?.single === true ? { parallel_tool_calls: false } : {}),
    ...(read === undefined ? {} : { tool_choice: written(read.choice, offered) }),
    ...(tools.length === 0 ? {} : { tools }),
  };
}

function encodeFunction(
  { name, description, inputSchema, tool, path }: OfferedTool,
  scene: ResponsesScene,
): FunctionTool {
  const parameters = functionParameters(inputSchema);
  const strict = tool.strict === true && qualifiesForStrict(parameters);
  if (tool.strict === true && !strict) scene.drops.add(`${path}.strict`, reasons.strictTool);
  return { type: "function", name, ...(description === "" ? {} : { description }), parameters, strict };
}

function written(choice: Choice, { tools }: OfferedTools): ResponsesToolChoice {
  if (choice.type === "tool") return { type: "function", name: choice.name };
  if (choice.type === "any") return "required";
  if (choice.type !== "search") return choice.type;
  // With nothing else to call, "required" says the same and more servers know it.
  if (tools.length === 0) return "required";
  return { type: "allowed_tools", mode: "required", tools: [{ type: "web_search" }] };
}

/** Keys of a web search tool that are written, or that mean nothing to another provider's. */
const searchKeys = new Set(["type", "name", "max_uses", "allowed_domains", "blocked_domains", "user_location"]);

function encodeSearch({ tool, path }: OfferedSearch, scene: ResponsesScene): SearchTool {
  for (const key in tool) {
    if (key === "cache_control") scene.dropCacheMark("tools[*].cache_control");
    else if (!searchKeys.has(key)) scene.drops.add(`${path}.${key}`, reasons.searchOption);
  }
  const domains = textsOf(tool["allowed_domains"]);
  const location = tool["user_location"];
  return {
    type: "web_search",
    ...(domains.length === 0 ? {} : { filters: { allowed_domains: domains } }),
    ...(isRecord(location) ? { user_location: { ...placeOf(location), type: "approximate" } } : {}),
  };
}

function placeOf(location: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = ["city", "country", "region", "timezone"].map((key) => [key, location[key]] as const);
  return Object.fromEntries(known.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])));
}

/** The place of a web search that forbids domains, which the provider's own cannot. */
export function searchWithBlockedDomains(request: MessagesRequest): string | undefined {
  const index = (request.tools ?? []).findIndex(
    (tool) => isSearch(tool) && textsOf(tool["blocked_domains"]).length > 0,
  );
  return index < 0 ? undefined : `tools[${index}]`;
}

function isSearch({ type }: Tool): boolean {
  return typeof type === "string" && type.startsWith("web_search");
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
