import {
  decideRoute,
  type Endpoint,
  type Principal,
  type RouteDecision,
  type RouteRequest,
} from "@drawbridge/governance";
import type { ClientCall } from "@drawbridge/translator";
import { GatewayError } from "../errors.ts";
import { awaitModelLists } from "../serving/refresh-model-lists.ts";
import { clientAddress } from "./client-address.ts";
import type { Exchange } from "./exchange.ts";
import { providerHealth } from "./provider-health.ts";
import { requestFacts } from "./request-facts.ts";

const listsWithinMs = 2_000;

interface Asked {
  readonly principal: Principal;
  readonly endpoint: Endpoint;
  readonly call: ClientCall;
}

/** Step 4 of the line: where the request goes, by rules, routes and policies. Throws a GatewayError that says why nowhere. */
export async function routeRequest(
  exchange: Exchange,
  { principal, endpoint, call }: Asked,
): Promise<Extract<RouteDecision, { ok: true }>> {
  const { incoming, notes, services, snapshot } = exchange;
  const asksBudgets = snapshot.rules.needs.has("budget");
  const request: RouteRequest = {
    request: requestFacts({
      endpoint,
      call,
      headers: incoming.headers,
      sessionId: notes.sessionId,
      address: () => clientAddress(incoming, snapshot.trustedProxies),
    }),
    principal,
    atMs: services.now(),
    healthy: providerHealth(services.dispatcher),
    budgets: asksBudgets ? await services.governance.usage(principal) : undefined,
  };
  let route = decideRoute(snapshot, request);
  if (!route.ok && route.code === "unknown-model") {
    // It may be one that a provider has not told yet, so it is refused only after asking.
    await awaitModelLists(snapshot.providers.values(), listsWithinMs);
    route = decideRoute(snapshot, request);
  }
  const { ruling } = route;
  if (ruling !== undefined && ruling.held.length > 0) notes.rules = ruling.held;
  if (route.ok) return route;
  throw new GatewayError(route.code === "rule-refused" ? "rule-refused" : "model-refused", route.reason);
}
