import type { Drops } from "../../conversation/drops.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest, Tool, ToolChoice } from "../../messages/request.ts";
import { customTool } from "../shared/custom-tool.ts";
import { functionTool } from "../shared/function-tool.ts";
import { reasons } from "../shared/reasons.ts";
import type { ResponsesFunction, ResponsesRequest, ResponsesTool, ResponsesToolChoice } from "./responses-request.ts";
import { flatName, type ToolIdentity, type ToolNames } from "./tool-names.ts";

/** The tools of a request, and how calls of them are to look. */
export interface DecodedTools {
  readonly fields: Pick<MessagesRequest, "tools" | "tool_choice">;
  readonly names: ToolNames;
  /** Where each tool stood in the client's request. */
  readonly toolPaths: readonly string[];
}

/** Reads tools and tool choice. */
export function decodeTools(request: ResponsesRequest, drops: Drops): DecodedTools {
  const reader = new ToolReader(allowedNames(request.tool_choice), drops);
  for (const [index, tool] of (request.tools ?? []).entries()) reader.take(tool, `tools[${index}]`);
  const { tools, names, toolPaths } = reader;
  if (tools.length === 0) return { fields: {}, names, toolPaths };
  const choice = decodeChoice(request, tools, drops);
  return { fields: { tools, ...(choice === undefined ? {} : { tool_choice: choice }) }, names, toolPaths };
}

class ToolReader {
  readonly tools: Tool[] = [];
  readonly names = new Map<string, ToolIdentity>();
  readonly toolPaths: string[] = [];
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #drops: Drops;

  constructor(allowed: ReadonlySet<string> | undefined, drops: Drops) {
    this.#allowed = allowed;
    this.#drops = drops;
  }

  take(tool: ResponsesTool, path: string): void {
    switch (tool.type) {
      case "function":
      case "custom":
        this.#add(tool, { name: tool.name, custom: tool.type === "custom" }, path);
        return;
      case "namespace":
        for (const inner of tool.tools)
          this.#add(inner, { name: inner.name, namespace: tool.name, custom: inner.type === "custom" }, path);
        return;
      default:
        this.#addOwn(tool, path);
    }
  }

  #add(tool: ResponsesFunction, identity: ToolIdentity, path: string): void {
    if (this.#allowed?.has(identity.name) === false) return;
    const name = flatName(identity.name, identity.namespace);
    if (identity.custom && isRecord(tool.format) && tool.format["type"] === "grammar")
      this.#drops.add(`${path}.format`, reasons.grammar);
    this.names.set(name, identity);
    this.toolPaths.push(path);
    this.tools.push({ ...(identity.custom ? customTool(tool) : functionTool(tool)), name });
  }

  /** Of the tools that OpenAI runs, the Messages API has web search as well. */
  #addOwn(
    tool: { readonly type: string; readonly filters?: unknown; readonly user_location?: unknown },
    path: string,
  ): void {
    if (!/^web_search(?:_preview)?(?:_\d{4}_\d\d_\d\d)?$/.test(tool.type)) {
      this.#drops.add(path, reasons.unknownTool);
      return;
    }
    if (this.#allowed?.has(tool.type) === false) return;
    const domains = isRecord(tool.filters) ? tool.filters["allowed_domains"] : undefined;
    this.toolPaths.push(path);
    this.tools.push({
      type: "web_search_20250305",
      name: "web_search",
      ...(Array.isArray(domains) && domains.length > 0 ? { allowed_domains: domains } : {}),
      ...(isRecord(tool.user_location) ? { user_location: tool.user_location } : {}),
    });
  }
}

/** The tools that may be called now, when they are not all. */
function allowedNames(choice: ResponsesRequest["tool_choice"]): ReadonlySet<string> | undefined {
  if (!isRecord(choice) || choice.type !== "allowed_tools") return undefined;
  return new Set(choice.tools.map((tool) => (isRecord(tool) ? String(tool["name"] ?? tool["type"]) : "")));
}

function decodeChoice(request: ResponsesRequest, tools: readonly Tool[], drops: Drops): ToolChoice | undefined {
  const { tool_choice: choice, parallel_tool_calls: parallel } = request;
  const decoded = choice ? choiceOf(choice, tools) : undefined;
  if (choice && decoded === undefined) drops.add("tool_choice", reasons.toolChoice);
  if (parallel !== false || decoded?.type === "none") return decoded;
  return { ...(decoded ?? { type: "auto" }), disable_parallel_tool_use: true };
}

const modes = { none: { type: "none" }, auto: { type: "auto" }, required: { type: "any" } } as const;

function choiceOf(choice: ResponsesToolChoice, tools: readonly Tool[]): ToolChoice | undefined {
  if (typeof choice === "string") return modes[choice];
  if (choice.type === "allowed_tools") return modes[choice.mode];
  const name = "name" in choice ? choice.name : "web_search";
  const isDeclared = tools.some((tool) => tool.name === name);
  return isDeclared ? { type: "tool", name } : undefined;
}
