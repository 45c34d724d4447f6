import type { Principal } from "../directory/principal.ts";
import type { RoutingRules } from "../rules/compile-rules.ts";
import type { RuleContext } from "../rules/rule-context.ts";
import type { RuleDecision } from "../rules/run-rules.ts";
import { permittedRoute, planRoute, type RoutePlan } from "./plan-route.ts";
import type { RouteTable } from "./route-table.ts";

/** By what is decided where requests go. */
export interface RouteSource {
  readonly routes: RouteTable;
  /** Asked before the routes; without them the model's name alone decides. */
  readonly rules?: RoutingRules | undefined;
}

/** A request, by what is decided where it goes. */
export interface RouteRequest extends RuleContext {
  readonly principal: RuleContext["principal"] & Pick<Principal, "policies">;
}

/** Where a request may go, best first, or why it may go nowhere, and what rules say of it besides. */
export type RouteDecision = RoutePlan & {
  /** Undefined without rules. */
  readonly ruling: RuleDecision | undefined;
};

/**
 * Decides where a request goes: by the first rule that routes it, else by the model's name, and in both cases only where
 * all policies let it. A rule opens nothing that a policy closes.
 */
export function decideRoute({ routes, rules }: RouteSource, request: RouteRequest): RouteDecision {
  const asked = request.request.modelAsked;
  const { policies } = request.principal;
  const ruling = rules === undefined || rules.size === 0 ? undefined : rules.decide(request);
  if (ruling?.refusal !== undefined) {
    return { ok: false, asked, code: "rule-refused", reason: ruling.refusal.reason, ruling };
  }
  const plan =
    ruling?.route === undefined
      ? planRoute(routes, policies, asked)
      : permittedRoute(ruling.route.links, policies, asked);
  return { ...plan, ruling };
}
