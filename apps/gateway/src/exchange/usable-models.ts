import { listModels, planRoute, type Principal } from "@drawbridge/governance";
import { GatewayError, type GatewayErrorCode } from "../errors.ts";
import type { Snapshot } from "../services.ts";
import { awaitModelLists } from "../serving/refresh-model-lists.ts";
import { permitModels } from "./permit.ts";

/** Claude Code gives discovery three seconds; a provider that is slow to list its models must not cost it all of them. */
const freshListsWithinMs = 1_500;

/** The names of all models that somebody may use. Throws a GatewayError that says why there are none. */
export async function usableModels(snapshot: Snapshot, principal: Principal): Promise<readonly string[]> {
  permitModels(principal);
  await awaitModelLists(snapshot.providers.values(), freshListsWithinMs);
  return listModels(snapshot.routes, principal.policies);
}

/** What is asked about one model. */
export interface ModelQuestion {
  readonly principal: Principal;
  /** Any name that routes. */
  readonly id: string;
  /** How a client of this API is told that there is no such model for it. */
  readonly refusal: GatewayErrorCode;
}

/** Makes sure that somebody may use a model. Throws a GatewayError that says why not. */
export function checkUsable({ routes }: Snapshot, { principal, id, refusal }: ModelQuestion): void {
  permitModels(principal);
  const route = planRoute(routes, principal.policies, id);
  if (!route.ok) throw new GatewayError(refusal, route.reason);
}
