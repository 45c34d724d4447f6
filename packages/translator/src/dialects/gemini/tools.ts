import type { DomainFilter } from "../../conversation/domain-filter.ts";
import { declaresSearch } from "../../conversation/declares-search.ts";
import {
  isSearchTool,
  offerTools,
  type OfferedSearch,
  type OfferedTool,
  type OfferedTools,
} from "../../conversation/offered-tools.ts";
import { functionParameters } from "../../conversation/schema.ts";
import { readToolChoice, type Choice } from "../../conversation/tool-choice.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { GeminiFunction, GeminiRequest, GeminiToolConfig } from "./gemini-request.ts";
import { openApiSchema } from "./openapi-schema.ts";
import { reasons } from "./reasons.ts";
import type { GeminiProfile } from "./profile.ts";
import type { GeminiScene } from "./scene.ts";

/** Google's search as the request offers it. */
export interface OfferedGoogleSearch {
  /** True when no function is offered beside it. */
  readonly alone: boolean;
  readonly domains: DomainFilter;
}

/** The tools of a request in Gemini's form, and what the rest of the encoding must know of them. */
export interface EncodedTools {
  readonly fields: Pick<GeminiRequest, "tools" | "toolConfig">;
  readonly hasFunctions: boolean;
  readonly search: OfferedGoogleSearch | undefined;
}

/** Writes functions, the search and how the model is to choose among them. */
export function encodeTools(request: MessagesRequest, scene: GeminiScene): EncodedTools {
  const offered = offerTools(request, scene);
  const choice = readToolChoice(request, offered, scene)?.choice;
  const { tools, search } = combine(offered, choice, scene);
  const functions = tools.map((tool) => encodeFunction(tool, scene));
  const config = functions.length === 0 ? undefined : encodeConfig(choice, search !== undefined);
  if (choice?.type === "search") scene.drops.add("tool_choice", reasons.searchForced);
  const written = [
    ...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]),
    ...(search === undefined ? [] : [{ googleSearch: {} }]),
  ];
  return {
    fields: {
      ...(written.length === 0 ? {} : { tools: written }),
      ...(config === undefined ? {} : { toolConfig: config }),
    },
    hasFunctions: functions.length > 0,
    search: search && { alone: functions.length === 0, domains: readDomains(search, scene) },
  };
}

/** True when a search is declared that the model could not make, because functions are offered beside it. */
export function lacksGoogleSearch(request: MessagesRequest, { searchBesideFunctions }: GeminiProfile): boolean {
  if (searchBesideFunctions || !declaresSearch(request)) return false;
  const { tools, tool_choice: choice } = request;
  const forced = choice?.type === "tool" && tools?.some((tool) => isSearchTool(tool) && tool.name === choice.name);
  return forced !== true && tools?.some((tool) => !isSearchTool(tool)) === true;
}

type Combined = Pick<OfferedTools, "tools" | "search">;

/** Before Gemini 3, and on Vertex, a request has functions or the search, not both. */
function combine({ tools, search }: OfferedTools, choice: Choice | undefined, scene: GeminiScene): Combined {
  if (search === undefined) return { tools, search };
  if (choice?.type === "none") return { tools, search: undefined };
  if (tools.length === 0 || scene.profile.searchBesideFunctions) return { tools, search };
  if (choice?.type !== "search") {
    scene.drops.add(search.path, reasons.searchBesideFunctions);
    return { tools, search: undefined };
  }
  for (const { path } of tools) scene.drops.add(path, reasons.functionsBesideSearch);
  return { tools: [], search };
}

function encodeFunction(
  { name, description, inputSchema, tool, path }: OfferedTool,
  scene: GeminiScene,
): GeminiFunction {
  if (tool.strict === true) scene.drops.add(`${path}.strict`, reasons.strictTool);
  return {
    name,
    ...(description === "" ? {} : { description }),
    ...encodeParameters(inputSchema, scene),
  };
}

/** Nothing for a function without parameters: "should be non-empty for OBJECT type". */
function encodeParameters(
  inputSchema: unknown,
  scene: GeminiScene,
): Pick<GeminiFunction, "parameters" | "parametersJsonSchema"> {
  const schema = functionParameters(inputSchema);
  const { properties } = schema;
  const bare = isRecord(properties) && Object.keys(properties).length === 0 && Object.keys(schema).every(isShape);
  if (bare) return {};
  if (scene.profile.schemas === "json-schema") return { parametersJsonSchema: schema };
  scene.drops.add("tools[*].input_schema", reasons.simplifiedSchema);
  return { parameters: openApiSchema(schema) };
}

/** Keys that add nothing to "an object without properties". */
function isShape(key: string): boolean {
  return key === "type" || key === "properties" || key === "additionalProperties" || key === "required";
}

const modes = { auto: "AUTO", any: "ANY", tool: "ANY", none: "NONE", search: "AUTO" } as const;

/** Beside functions the search is shown as calls and responses, which Gemini wants back. Source: ai.google.dev, "Tool combination". */
function encodeConfig(choice: Choice | undefined, searches: boolean): GeminiToolConfig | undefined {
  if (choice === undefined && !searches) return undefined;
  return {
    ...(choice === undefined ? {} : { functionCallingConfig: callingConfig(choice) }),
    ...(searches ? { includeServerSideToolInvocations: true } : {}),
  };
}

function callingConfig(choice: Choice): NonNullable<GeminiToolConfig["functionCallingConfig"]> {
  const mode = modes[choice.type];
  return choice.type === "tool" ? { mode, allowedFunctionNames: [choice.name] } : { mode };
}

const knownSearchKeys = new Set(["type", "name", "allowed_domains", "blocked_domains"]);

function readDomains({ tool, path }: OfferedSearch, scene: GeminiScene): DomainFilter {
  for (const key in tool) {
    const value = tool[key];
    if (knownSearchKeys.has(key) || value === undefined || value === null) continue;
    scene.drops.add(`${path}.${key}`, reasons.searchOption);
  }
  const allowed = domains(tool["allowed_domains"]);
  const blocked = domains(tool["blocked_domains"]);
  if (allowed.length > 0) scene.drops.add(`${path}.allowed_domains`, reasons.searchDomains);
  if (blocked.length > 0) scene.drops.add(`${path}.blocked_domains`, reasons.searchDomains);
  return { allowed, blocked };
}

function domains(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((domain) => typeof domain === "string" && domain !== "") : [];
}
