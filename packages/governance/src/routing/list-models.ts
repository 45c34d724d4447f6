import type { Policy } from "../policy/policy.ts";
import { planRoute } from "./plan-route.ts";
import type { RouteTable } from "./route-table.ts";

/**
 * The model ids that a key may ask for, each once, at most `limit`: first the exact routes, then each provider's models
 * as `provider/model`, or under the bare name where the policies allow only that. The order is the configuration's.
 */
export function listModels(table: RouteTable, policies: readonly Policy[], { limit = 1_000 } = {}): readonly string[] {
  const ids = new Set<string>();
  for (const id of usableIds(table, policies)) {
    if (ids.size >= limit) break;
    ids.add(id);
  }
  return [...ids];
}

function* usableIds(table: RouteTable, policies: readonly Policy[]): Generator<string> {
  for (const asked of table.exact.keys()) {
    if (planRoute(table, policies, asked).ok) yield asked;
  }
  for (const { name, models = [] } of table.providers) {
    for (const model of models) {
      const target = `${name}/${model}`;
      const id = [target, model].find((asked) => leadsTo(table, policies, { asked, target }));
      if (id !== undefined) yield id;
    }
  }
}

/** True when asking for this name first reaches this target and the policies let it. */
function leadsTo(
  table: RouteTable,
  policies: readonly Policy[],
  { asked, target }: { asked: string; target: string },
): boolean {
  const plan = planRoute(table, policies, asked);
  const reached = plan.ok ? plan.links[0]?.targets[0] : undefined;
  return reached !== undefined && `${reached.provider}/${reached.model}` === target;
}
