import type { RequestFacts, RuleContext } from "../rules/rule-context.ts";
import { createRouteTable, type RouteTable } from "../routing/route-table.ts";

/** A table of routes with these providers and no routes. */
export function routesWith(...names: readonly string[]): RouteTable {
  return createRouteTable({ models: [], providers: names.map((name) => ({ name, knows: () => false })) });
}

/** A request of Claude Code's main loop, for tests of rules. */
export function ruleContext(
  request: Partial<RequestFacts> = {},
  rest: Partial<Omit<RuleContext, "request">> = {},
): RuleContext {
  return {
    request: {
      modelAsked: "claude-opus-5-5",
      endpoint: "messages",
      stream: true,
      maxTokens: 32_000,
      inputTokens: 12_000,
      toolNames: ["Agent", "Bash", "Read", "mcp__github__search"],
      thinking: true,
      images: false,
      agent: "main",
      sessionId: "6f1c",
      headers: { "x-team": "payments", "x-count": "12", authorization: "Bearer sk-secret", list: ["a", "b"] },
      address: "10.0.0.7",
      ...request,
    },
    principal: { keyName: "alice-laptop", user: "alice", team: "payments", customer: "acme", tags: { project: "x" } },
    // A Sunday.
    atMs: Date.parse("2026-11-29T18:30:15Z"),
    ...rest,
  };
}
