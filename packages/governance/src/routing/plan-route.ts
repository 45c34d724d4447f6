import type { Denial } from "../errors.ts";
import { allowTarget, targetChoice, type TargetChoice } from "../policy/allow-target.ts";
import type { Policy } from "../policy/policy.ts";
import { resolveModel } from "./resolve-model.ts";
import type { RouteLink, RouteTable } from "./route-table.ts";

/** Where a request may go, best first, or why it may go nowhere. */
export type RoutePlan =
  | { readonly ok: true; readonly asked: string; readonly links: readonly RouteLink[] }
  | ({ readonly ok: false; readonly asked: string } & Denial);

/** Finds where a name leads and leaves out what any of the policies forbids. Refused only when nothing is left. */
export function planRoute(table: RouteTable, policies: readonly Policy[], asked: string): RoutePlan {
  const route = resolveModel(table, asked);
  return route.ok ? permittedRoute(route.links, policies, asked) : route;
}

/** Leaves out of a chain what any of the policies forbids. Refused only when nothing is left. */
export function permittedRoute(links: readonly RouteLink[], policies: readonly Policy[], asked: string): RoutePlan {
  if (policies.length === 0) return { ok: true, asked, links };
  let denial: Denial | undefined;
  const permitted: RouteLink[] = [];
  for (const link of links) {
    const { targets } = link;
    const kept = targets.filter((target) => {
      const refusal = refusalBy(policies, targetChoice(asked, target));
      denial ??= refusal;
      return refusal === undefined;
    });
    if (kept.length > 0) permitted.push(kept.length === targets.length ? link : { ...link, targets: kept });
  }
  if (denial === undefined) return { ok: true, asked, links };
  if (permitted.length > 0) return { ok: true, asked, links: permitted };
  return { ok: false, asked, code: denial.code, reason: denial.reason };
}

/** Why a target may not be used by the first of the policies that forbids it; undefined when all let it. */
export function refusalBy(policies: readonly Policy[], choice: TargetChoice): Denial | undefined {
  for (const policy of policies) {
    const decision = allowTarget(policy, choice);
    if (!decision.allowed) return decision;
  }
  return undefined;
}
