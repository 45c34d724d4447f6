import { TranslatorError } from "../errors.ts";
import type { MessagesRequest, Tool } from "../messages/request.ts";
import { clientTool, type ClientTool } from "./client-tools.ts";
import { readToolChanges, type ToolChanges } from "./loaded-tools.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import { ownValue } from "../json/own-value.ts";

/** Keys of a tool that are dealt with; every other one is reported. */
const knownKeys = new Set(["type", "name", "description", "input_schema", "cache_control", "defer_loading", "strict"]);
/** What Anthropic's own tools are set up with; their schema says it, or it matters to the client alone. */
const setUpKeys = new Set(["display_width_px", "display_height_px", "display_number", "enable_zoom", "max_characters"]);
const optionReasons: Readonly<Record<string, string>> = {
  input_examples: reasons.inputExamples,
  allowed_callers: reasons.allowedCallers,
  eager_input_streaming: reasons.eagerInputStreaming,
};

/** A tool that the model may call now. */
export interface OfferedTool {
  /** The name on the wire. */
  readonly name: string;
  /** Possibly empty; within the provider's limit. */
  readonly description: string;
  /** The schema as the client or Anthropic gives it, of any form; see `functionParameters`. */
  readonly inputSchema: unknown;
  /** The client's declaration, for its marker and its wish for strictness. */
  readonly tool: Tool;
  readonly path: string;
}

/** A web search that the provider is to run. */
export interface OfferedSearch {
  readonly tool: Tool;
  readonly path: string;
}

/** The tools of a request, and what its `tool_choice` must know of them. */
export interface OfferedTools {
  readonly tools: readonly OfferedTool[];
  /** The first web search declared, when the provider runs one. */
  readonly search: OfferedSearch | undefined;
  /** The client's names of the tools in `tools`. */
  readonly declared: ReadonlySet<string>;
  /** Names under which the client declared a web search that the provider is to run. */
  readonly searches: ReadonlySet<string>;
  /** True when nothing but web search was declared. */
  readonly onlySearch: boolean;
}

interface Candidate {
  readonly tool: Tool;
  readonly path: string;
}

/** Says which tools the model may call now. Throws {@link TranslatorError} when they are more than the provider takes. */
export function offerTools(request: MessagesRequest, scene: Scene): OfferedTools {
  const changes = readToolChanges(request);
  const listed = (request.tools ?? []).map((tool, index) => ({ tool, path: `tools[${index}]` }));
  const added = changes.defined.map((tool) => ({ tool, path: `tool_addition(${tool.name})` }));
  const all = [...listed, ...added];
  // A toolset has no name, although the type says that every tool has one.
  scene.names.reserve(all.flatMap(({ tool }) => (typeof tool.name === "string" ? [tool.name] : [])));
  const searchTools = all.filter(({ tool }) => isSearchTool(tool));
  const search = scene.rules.webSearch ? searchTools[0] : undefined;
  const declared = new Set<string>();
  const tools = orderOffered(all, changes, scene).flatMap((candidate) => {
    return candidate === search ? [] : (offer(candidate, declared, scene) ?? []);
  });
  checkCount(tools.length, scene);
  return {
    tools,
    search,
    declared,
    searches: new Set(searchTools.map(({ tool }) => tool.name)),
    onlySearch: searchTools.length > 0 && searchTools.length === all.length,
  };
}

/**
 * Tools that are always there, in the client's order, then the deferred ones in the order in which they were loaded:
 * so loading one more leaves the bytes before it as they were.
 */
function orderOffered(all: readonly Candidate[], changes: ToolChanges, scene: Scene): Candidate[] {
  const searchable = all.some(({ tool }) => tool.name === "ToolSearch" && !isServerTool(tool));
  const first: Candidate[] = [];
  const deferred = new Map<string, Candidate>();
  for (const candidate of all) {
    const { tool, path } = candidate;
    if (changes.removed.has(tool.name)) continue;
    if (tool.defer_loading !== true) first.push(candidate);
    else if (isPlaceholder(tool) || (searchable && !changes.loaded.has(tool.name)))
      scene.drops.add(path, reasons.deferredTool);
    else deferred.set(tool.name, candidate);
  }
  const order = searchable ? [...changes.loaded] : [...deferred.keys()];
  return [...first, ...order.flatMap((name) => deferred.get(name) ?? [])];
}

/** Claude Code declares an empty deferred tool so that the list of deferred ones is never empty. */
function isPlaceholder(tool: Tool): boolean {
  return tool.name === "DeferredToolPlaceholder";
}

/** True for a web search that the API's own servers would make. */
export function isSearchTool(tool: Tool): boolean {
  return typeof tool.type === "string" && /^web_search(_\d+)?$/.test(tool.type);
}

function isServerTool(tool: Tool): boolean {
  return hasOwnType(tool) && ownDefinition(tool) === undefined;
}

function hasOwnType(tool: Tool): tool is Tool & { readonly type: string } {
  return typeof tool.type === "string" && tool.type !== "custom";
}

function ownDefinition(tool: Tool): ClientTool | undefined {
  return hasOwnType(tool) ? clientTool(tool.type, tool) : undefined;
}

function offer({ tool, path }: Candidate, declared: Set<string>, scene: Scene): OfferedTool | undefined {
  const refusal = isServerTool(tool) ? reasons.serverTool : declared.has(tool.name) ? reasons.duplicateTool : undefined;
  if (refusal !== undefined) {
    scene.drops.add(path, refusal);
    return undefined;
  }
  declared.add(tool.name);
  reportOptions(tool, scene);
  const own = ownDefinition(tool);
  return {
    name: scene.names.toWire(tool.name),
    description: fitDescription(tool.description ?? own?.description ?? "", path, scene),
    inputSchema: own?.parameters ?? tool.input_schema,
    tool,
    path,
  };
}

function reportOptions(tool: Tool, scene: Scene): void {
  if (tool.cache_control && scene.rules.cacheMarks !== "anywhere") scene.dropCacheMark("tools[*].cache_control");
  for (const key in tool) {
    if (knownKeys.has(key) || setUpKeys.has(key)) continue;
    scene.drops.add(`tools[*].${key}`, ownValue(optionReasons, key) ?? reasons.toolOption);
  }
}

function fitDescription(description: string, path: string, scene: Scene): string {
  const limit = scene.rules.maxToolDescription;
  if (limit === undefined || description.length <= limit) return description;
  scene.drops.add(`${path}.description`, reasons.descriptionTooLong);
  return description.slice(0, limit);
}

function checkCount(count: number, scene: Scene): void {
  const limit = scene.rules.maxTools;
  if (limit === undefined || count <= limit) return;
  throw new TranslatorError(
    "unsupported-content",
    `tools: ${count} tools are declared, but this model takes at most ${limit}; disable some MCP servers or turn tool search on`,
  );
}
