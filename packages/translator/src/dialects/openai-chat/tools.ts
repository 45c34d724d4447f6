import { TranslatorError } from "../../errors.ts";
import type { MessagesRequest, Tool } from "../../messages/request.ts";
import type { ChatTool, JsonSchema } from "./chat-request.ts";
import { clientTool, type ClientTool } from "./client-tools.ts";
import { readToolChanges, type ToolChanges } from "./loaded-tools.ts";
import { reasons } from "./reasons.ts";
import type { Scene } from "./scene.ts";
import { functionParameters, qualifiesForStrict } from "./schema.ts";

/** Keys of a tool that are dealt with; every other one is reported. */
const knownKeys = new Set(["type", "name", "description", "input_schema", "cache_control", "defer_loading", "strict"]);
/** What Anthropic's own tools are set up with; their schema says it, or it matters to the client alone. */
const setUpKeys = new Set(["display_width_px", "display_height_px", "display_number", "enable_zoom", "max_characters"]);
const optionReasons: Readonly<Record<string, string>> = {
  input_examples: reasons.inputExamples,
  allowed_callers: reasons.allowedCallers,
  eager_input_streaming: reasons.eagerInputStreaming,
};

/** The tools of a request, and what its `tool_choice` must know of them. */
export interface EncodedTools {
  readonly tools: readonly ChatTool[];
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

/** Writes the tools that the model may call now. Throws {@link TranslatorError} when they are more than the server takes. */
export function encodeTools(request: MessagesRequest, scene: Scene): EncodedTools {
  const changes = readToolChanges(request);
  const listed = (request.tools ?? []).map((tool, index) => ({ tool, path: `tools[${index}]` }));
  const added = changes.defined.map((tool) => ({ tool, path: `tool_addition(${tool.name})` }));
  const all = [...listed, ...added];
  // A toolset has no name, although the type says that every tool has one.
  scene.names.reserve(all.flatMap(({ tool }) => (typeof tool.name === "string" ? [tool.name] : [])));
  const searches = new Set(all.filter(({ tool }) => isSearch(tool)).map(({ tool }) => tool.name));
  const offered = orderOffered(all, changes, scene);
  const tools: ChatTool[] = [];
  const declared = new Set<string>();
  for (const candidate of offered) {
    const encoded = encodeTool(candidate, declared, scene);
    if (encoded !== undefined) tools.push(encoded);
  }
  checkCount(tools.length, scene);
  return { tools, declared, searches, onlySearch: searches.size > 0 && all.every(({ tool }) => isSearch(tool)) };
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

function isSearch(tool: Tool): boolean {
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

function encodeTool({ tool, path }: Candidate, declared: Set<string>, scene: Scene): ChatTool | undefined {
  const refusal = isServerTool(tool) ? reasons.serverTool : declared.has(tool.name) ? reasons.duplicateTool : undefined;
  if (refusal !== undefined) {
    scene.drops.add(path, refusal);
    return undefined;
  }
  declared.add(tool.name);
  reportOptions(tool, scene);
  const own = ownDefinition(tool);
  const parameters = functionParameters(own?.parameters ?? tool.input_schema);
  const description = fitDescription(tool.description ?? own?.description ?? "", path, scene);
  return {
    type: "function",
    function: {
      name: scene.names.toWire(tool.name),
      ...(description === "" ? {} : { description }),
      parameters,
      ...(tool.strict === true && takesStrict(parameters, path, scene) ? { strict: true } : {}),
    },
  };
}

function reportOptions(tool: Tool, scene: Scene): void {
  if (tool.cache_control !== undefined && tool.cache_control !== null) scene.dropCacheMark("tools[*].cache_control");
  for (const key in tool) {
    if (knownKeys.has(key) || setUpKeys.has(key)) continue;
    scene.drops.add(`tools[*].${key}`, optionReasons[key] ?? reasons.toolOption);
  }
}

function fitDescription(description: string, path: string, scene: Scene): string {
  const limit = scene.profile.maxToolDescription;
  if (limit === undefined || description.length <= limit) return description;
  scene.drops.add(`${path}.description`, reasons.descriptionTooLong);
  return description.slice(0, limit);
}

function takesStrict(parameters: JsonSchema, path: string, scene: Scene): boolean {
  const takes = scene.profile.structuredOutput && qualifiesForStrict(parameters);
  if (!takes) scene.drops.add(`${path}.strict`, reasons.strictTool);
  return takes;
}

function checkCount(count: number, scene: Scene): void {
  const limit = scene.profile.maxTools;
  if (limit === undefined || count <= limit) return;
  throw new TranslatorError(
    "unsupported-content",
    `tools: ${count} tools are declared, but this model takes at most ${limit}; disable some MCP servers or turn tool search on`,
  );
}
