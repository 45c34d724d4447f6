import type { Principal } from "../directory/principal.ts";
import type { Decision } from "../errors.ts";
import { listed } from "../listed.ts";
import { forbiddenTool } from "./forbidden-tool.ts";
import type { Endpoint, Policy } from "./policy.ts";

/** A tool that a request offers its model. */
export interface ToolFacts {
  /** Its name; one that ends in `*` stands for all tools of a set, like `mcp__github__*`. */
  readonly name: string;
  /** What it is, like `web_search_20250305`, for those that the API itself defines. */
  readonly type?: string | undefined;
}

/** What policies ask of a request beside its model. */
export interface RequestedUse {
  readonly endpoint: Endpoint;
  /** Called once where a policy speaks of tools, else not at all: reading them costs time. */
  readonly tools?: () => readonly ToolFacts[];
}

/** What a request may go on with. */
export interface Authorization {
  /** Names of the tools that it must not offer; the same for the same request and policies. */
  readonly removeTools: readonly string[];
}

/** Says whether all policies of a principal let it ask this, and which tools have to be taken out of the request. */
export function authorize(
  { policies }: Pick<Principal, "policies">,
  { endpoint, tools }: RequestedUse,
): Decision<Authorization> {
  for (const policy of policies) {
    const { endpoints } = policy;
    if (endpoints.length > 0 && !endpoints.includes(endpoint)) return refuseEndpoint(policy, endpoint);
  }
  return policies.some(filtersTools) ? authorizeTools(policies.filter(filtersTools), tools?.() ?? []) : nothingRemoved;
}

function authorizeTools(policies: readonly Policy[], offered: readonly ToolFacts[]): Decision<Authorization> {
  if (offered.length === 0) return nothingRemoved;
  const remove = new Set<string>();
  for (const policy of policies) {
    const forbidden = offered.flatMap((tool) => {
      const because = forbiddenTool(policy.tools, tool);
      return because === undefined ? [] : [{ name: tool.name, because }];
    });
    const [first] = forbidden;
    if (first !== undefined && policy.tools.forbidden === "refuse") return refuse(policy, forbidden, first.because);
    for (const { name } of forbidden) remove.add(name);
  }
  return remove.size === 0 ? nothingRemoved : { allowed: true, value: { removeTools: [...remove] } };
}

const nothingRemoved: Decision<Authorization> = Object.freeze({
  allowed: true,
  value: Object.freeze({ removeTools: Object.freeze([]) }),
});

function filtersTools({ tools: { allow, deny } }: Policy): boolean {
  return allow.length + deny.length > 0;
}

function refuseEndpoint({ of, endpoints }: Policy, endpoint: Endpoint): Decision<Authorization> {
  const reason = `${of} may not use the endpoint ${endpoint}: allowed are ${endpoints.join(", ")}; ask for access`;
  return { allowed: false, code: "endpoint-not-allowed", reason };
}

const longestName = 100;

function refuse({ of }: Policy, forbidden: readonly { name: string }[], because: string): Decision<Authorization> {
  const names = listed(forbidden.map(({ name }) => name.slice(0, longestName)));
  const what = forbidden.length === 1 ? "the tool" : "the tools";
  const remedy =
    "switch off what brings them (in Claude Code: /mcp, or permissions.deny in its settings) or ask for access";
  return {
    allowed: false,
    code: "tool-not-allowed",
    reason: `${of} may not use ${what} ${names}: ${because}; ${remedy}`,
  };
}
