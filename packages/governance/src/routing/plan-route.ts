import type { Denial } from "../errors.ts";
import { allowTarget } from "../policy/allow-target.ts";
import type { Policy } from "../policy/policy.ts";
import { resolveModel } from "./resolve-model.ts";
import type { RouteLink, RouteTable } from "./route-table.ts";

/** Where a request may go, best first, or why it may go nowhere. */
export type RoutePlan =
  | { readonly ok: true; readonly asked: string; readonly links: readonly RouteLink[] }
  | ({ readonly ok: false; readonly asked: string } & Denial);

/** Finds where a name leads and leaves out what the policy does not permit. Refused only when nothing is left. */
export function planRoute(table: RouteTable, policy: Policy, asked: string): RoutePlan {
  const route = resolveModel(table, asked);
  if (!route.ok || policy.permitsAll) return route;
  let denial: Denial | undefined;
  const links = route.links.flatMap((link): RouteLink[] => {
    const targets = link.targets.filter((target) => {
      const decision = allowTarget(policy, { asked, target });
      if (!decision.allowed) denial ??= decision;
      return decision.allowed;
    });
    return targets.length === 0 ? [] : [{ ...link, targets }];
  });
  if (links.length > 0 || denial === undefined) return { ok: true, asked, links };
  return { ok: false, asked, code: denial.code, reason: denial.reason };
}
