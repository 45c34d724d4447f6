import { listModels, planRoute } from "@drawbridge/governance";
import type { IncomingMessage } from "node:http";
import { GatewayError, type GatewayErrorCode } from "../errors.ts";
import type { Snapshot } from "../services.ts";
import { awaitModelLists } from "../serving/refresh-model-lists.ts";
import { authenticate } from "./admit.ts";
import { permitModels } from "./permit.ts";

/** Claude Code gives discovery three seconds; a provider that is slow to list its models must not cost it all of them. */
const freshListsWithinMs = 1_500;

/** The names of all models that the key of a request may use. Throws a GatewayError that says why there are none. */
export async function usableModels(snapshot: Snapshot, incoming: IncomingMessage): Promise<readonly string[]> {
  const principal = authenticate(snapshot, incoming);
  permitModels(principal);
  await awaitModelLists(snapshot.providers.values(), freshListsWithinMs);
  return listModels(snapshot.routes, principal.policies);
}

/** What is asked about one model. */
export interface ModelQuestion {
  readonly incoming: IncomingMessage;
  /** Any name that routes. */
  readonly id: string;
  /** How a client of this API is told that there is no such model for it. */
  readonly refusal: GatewayErrorCode;
}

/** Makes sure that the key of a request may use a model. Throws a GatewayError that says why not. */
export function checkUsable(snapshot: Snapshot, { incoming, id, refusal }: ModelQuestion): void {
  const principal = authenticate(snapshot, incoming);
  permitModels(principal);
  const route = planRoute(snapshot.routes, principal.policies, id);
  if (!route.ok) throw new GatewayError(refusal, route.reason);
}
