import { compileGlob, type Glob } from "./compile-glob.ts";

/** The ways in which a model is asked, as policies name them. */
export const endpoints = ["messages", "count_tokens", "chat", "responses", "models"] as const;

/** One of {@link endpoints}. */
export type Endpoint = (typeof endpoints)[number];

/** Names that may be used, as globs. */
export interface NameRules {
  /** Absent or empty allows everything. */
  readonly allow?: readonly string[] | undefined;
  /** A match refuses, whatever `allow` says. */
  readonly deny?: readonly string[] | undefined;
}

/** What happens to a request that offers its model a tool that it may not use. */
export type ToolAction = "remove" | "refuse";

/** What somebody may do, as written down. */
export interface PolicyRules {
  /** Held against the name asked for and against `provider/model`. */
  readonly models?: NameRules | undefined;
  /** Held against the names of the providers that requests go to. */
  readonly providers?: NameRules | undefined;
  /** Globs of the regions in which requests may be computed; absent or empty allows everywhere. */
  readonly regions?: readonly string[] | undefined;
  /** What may be asked; absent or empty allows every endpoint. */
  readonly endpoints?: readonly Endpoint[] | undefined;
  /** Held against the names of tools, and against the types of those that run at the provider. */
  readonly tools?: (NameRules & { /** Default: `refuse`. */ readonly forbidden?: ToolAction | undefined }) | undefined;
}

/** Names that may be used, ready to be asked. */
export interface NameFilter {
  readonly allow: readonly Glob[];
  readonly deny: readonly Glob[];
}

/** What somebody may do, ready to be asked. Immutable. */
export interface Policy {
  /** Whose policy this is, for sentences: `team payments`. */
  readonly of: string;
  readonly models: NameFilter;
  readonly providers: NameFilter;
  readonly regions: readonly Glob[];
  readonly endpoints: readonly Endpoint[];
  readonly tools: NameFilter & { readonly forbidden: ToolAction };
  /** True when nothing at all is forbidden. */
  readonly permitsAll: boolean;
}

/** The rules made ready; `of` says whose they are. Throws a GovernanceError for a pattern that is none. */
export function compilePolicy(rules: PolicyRules = {}, of = "this key"): Policy {
  const models = filterOf(rules.models);
  const providers = filterOf(rules.providers);
  const regions = globsOf(rules.regions);
  const ways =
    rules.endpoints === undefined || rules.endpoints.length === 0 ? none : Object.freeze([...rules.endpoints]);
  const tools = toolsOf(rules.tools);
  const lists = [models.allow, models.deny, providers.allow, providers.deny, regions, tools.allow, tools.deny];
  return Object.freeze({
    of,
    models,
    providers,
    regions,
    endpoints: ways,
    tools,
    permitsAll: ways.length === 0 && lists.every((globs) => globs.length === 0),
  });
}

// What says nothing is one object for all policies: there are as many of these as keys, and each request looks at several.
const none: readonly never[] = Object.freeze([]);
const anyName: NameFilter = Object.freeze({ allow: none, deny: none });
const anyTool: Policy["tools"] = Object.freeze({ ...anyName, forbidden: "refuse" });

function toolsOf({ forbidden = "refuse", ...rules }: NonNullable<PolicyRules["tools"]> = {}): Policy["tools"] {
  const names = filterOf(rules);
  return names === anyName && forbidden === "refuse" ? anyTool : Object.freeze({ ...names, forbidden });
}

function filterOf({ allow, deny }: NameRules = {}): NameFilter {
  const filter = { allow: globsOf(allow), deny: globsOf(deny) };
  return filter.allow === none && filter.deny === none ? anyName : Object.freeze(filter);
}

function globsOf(patterns: readonly string[] = none): readonly Glob[] {
  return patterns.length === 0 ? none : Object.freeze(patterns.map((pattern) => compileGlob(pattern)));
}
