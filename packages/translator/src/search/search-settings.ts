import { isSearchTool } from "../conversation/offered-tools.ts";
import { isRecord } from "../json/is-record.ts";
import type { MessagesRequest, Tool } from "../messages/request.ts";
import type { UserLocation } from "./web-search.ts";

/** How the client has set its web search up. */
export interface SearchSettings {
  /** The tool's name, which is the function's too. */
  readonly name: string;
  readonly maxUses: number;
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
  readonly userLocation: UserLocation | undefined;
}

/** As often as a model may search for one answer when the client sets no limit. */
const defaultMaxUses = 10;
/** Each search is another call to the model with all before it, so that no client may ask for any number of them. */
const mostUses = 100;

/** The settings of the first web search that a request declares; undefined without one. */
export function readSearchSettings({ tools }: Pick<MessagesRequest, "tools">): SearchSettings | undefined {
  const tool = tools?.find((candidate) => isSearchTool(candidate));
  return tool === undefined ? undefined : settingsOf(tool);
}

function settingsOf(tool: Tool): SearchSettings {
  const maxUses = tool["max_uses"];
  return {
    name: tool.name,
    maxUses: typeof maxUses === "number" && maxUses > 0 ? Math.min(maxUses, mostUses) : defaultMaxUses,
    allowedDomains: textsOf(tool["allowed_domains"]),
    blockedDomains: textsOf(tool["blocked_domains"]),
    userLocation: locationOf(tool["user_location"]),
  };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function locationOf(value: unknown): UserLocation | undefined {
  if (!isRecord(value)) return undefined;
  const keys = ["city", "region", "country", "timezone"] as const;
  return Object.fromEntries(keys.flatMap((key) => (typeof value[key] === "string" ? [[key, value[key]]] : [])));
}
