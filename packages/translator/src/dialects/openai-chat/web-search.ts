import { askedQuery } from "../../conversation/asked-query.ts";
import type { DomainFilter } from "../../conversation/domain-filter.ts";
import type { OfferedSearch, OfferedTool, OfferedTools } from "../../conversation/offered-tools.ts";
import { isRecord } from "../../json/is-record.ts";
import type { MessagesRequest } from "../../messages/request.ts";
import type { ChatRequest, ChatSearchTool } from "./chat-request.ts";
import type { ChatProfile } from "./profile.ts";
import { reasons } from "./reasons.ts";
import type { ChatScene } from "./scene.ts";

/** The provider's search as the answer is to tell of it. */
export interface ToldSearch {
  /** What was asked for, where the provider does not say what it searched. */
  readonly query: string;
  /** True when the request is for nothing else, so that its text can wait for the sources. */
  readonly alone: boolean;
  readonly domains: DomainFilter;
}

/** How the provider's own search is asked for. */
export interface EncodedSearch {
  readonly fields: Pick<ChatRequest, "search_domain_filter" | "search_settings" | "web_search_options">;
  readonly tools: readonly ChatSearchTool[];
  readonly told: ToldSearch | undefined;
}

/** True for models that search by themselves, whatever they are asked. */
export function searchesUnasked({ webSearch }: ChatProfile): boolean {
  return webSearch === "search_domain_filter" || webSearch === "search_settings";
}

/** The functions that can be offered: models that search unasked take none. */
export function functionsBeside({ tools }: OfferedTools, scene: ChatScene): readonly OfferedTool[] {
  if (!searchesUnasked(scene.profile)) return tools;
  for (const { path } of tools) scene.drops.add(path, reasons.functionsBesideSearch);
  return [];
}

/** Writes the web search that a request declares, in the fields or the tool that the server has for it. */
export function encodeWebSearch(request: MessagesRequest, offered: OfferedTools, scene: ChatScene): EncodedSearch {
  const { search } = offered;
  if (search === undefined) return { fields: {}, tools: [], told: undefined };
  const { webSearch } = scene.profile;
  const domains = {
    allowed: textsOf(search.tool["allowed_domains"]),
    blocked: textsOf(search.tool["blocked_domains"]),
  };
  const isTool = webSearch === "openrouter:web_search";
  reportSettings(search, isTool, scene);
  return {
    fields: isTool ? {} : fieldsOf(search, domains, scene),
    tools: isTool ? [{ type: webSearch, ...parametersOf(search, domains) }] : [],
    told: { query: askedQuery(request), alone: !isTool || offered.tools.length === 0, domains },
  };
}

const knownKeys = new Set(["type", "name", "allowed_domains", "blocked_domains", "user_location"]);

function reportSettings({ tool, path }: OfferedSearch, takesUses: boolean, scene: ChatScene): void {
  for (const key in tool) {
    if (key === "cache_control") scene.dropCacheMark("tools[*].cache_control");
    else if (!knownKeys.has(key) && !(takesUses && key === "max_uses")) {
      scene.drops.add(`${path}.${key}`, reasons.searchOption);
    }
  }
}

function fieldsOf(
  search: OfferedSearch,
  { allowed, blocked }: DomainFilter,
  scene: ChatScene,
): EncodedSearch["fields"] {
  const location = placeOf(search, ["city", "region", "country"]);
  if (scene.profile.webSearch === "search_settings") {
    if (location !== undefined) scene.drops.add(`${search.path}.user_location`, reasons.searchOption);
    const settings = {
      ...(allowed.length > 0 && { include_domains: allowed }),
      ...(blocked.length > 0 && { exclude_domains: blocked }),
    };
    return Object.keys(settings).length === 0 ? {} : { search_settings: settings };
  }
  // The list is either of sites that are wanted or of such that are not; what it cannot say is left out of the results.
  const filter = allowed.length > 0 ? allowed : blocked.map((domain) => `-${domain}`);
  return {
    ...(filter.length > 0 && { search_domain_filter: filter }),
    ...(location && { web_search_options: { user_location: location } }),
  };
}

function parametersOf(search: OfferedSearch, { allowed, blocked }: DomainFilter): Pick<ChatSearchTool, "parameters"> {
  const uses = search.tool["max_uses"];
  const location = placeOf(search, ["city", "region", "country", "timezone"]);
  const parameters = {
    ...(typeof uses === "number" && { max_uses: uses }),
    ...(allowed.length > 0 && { allowed_domains: allowed }),
    ...(blocked.length > 0 && { excluded_domains: blocked }),
    ...(location && { user_location: { type: "approximate", ...location } }),
  };
  return Object.keys(parameters).length === 0 ? {} : { parameters };
}

function placeOf({ tool }: OfferedSearch, keys: readonly string[]): Readonly<Record<string, string>> | undefined {
  const location = tool["user_location"];
  if (!isRecord(location)) return undefined;
  const told = keys.flatMap((key) => (typeof location[key] === "string" ? [[key, location[key]] as const] : []));
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
