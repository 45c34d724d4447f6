import {
  decideRoute,
  type Endpoint,
  planRoute,
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

type Routed = Extract<RouteDecision, { ok: true }>;

/**
 * Step 4 of the line: where the request goes, by rules, routes and policies. Known at once, unless a rule asks for budgets
 * or a provider for its models. Throws a GatewayError that says why nowhere.
 */
export function routeRequest(exchange: Exchange, asked: Asked): Routed | Promise<Routed> {
  const { rules } = exchange.snapshot;
  // Where there are none, nobody asks for more than the model's name.
  if (rules.size === 0) return routeBy(exchange, () => byName(exchange, asked));
  if (rules.needs.has("budget")) return routeByBudgets(exchange, asked);
  const request = requestOf(exchange, asked, undefined);
  return routeBy(exchange, () => decideRoute(exchange.snapshot, request));
}

function byName({ snapshot }: Exchange, { principal, call }: Asked): RouteDecision {
  return { ...planRoute(snapshot.routes, principal.policies, call.facts.model), ruling: undefined };
}

async function routeByBudgets(exchange: Exchange, asked: Asked): Promise<Routed> {
  const budgets = await exchange.services.governance.usage(asked.principal);
  const request = requestOf(exchange, asked, budgets);
  return routeBy(exchange, () => decideRoute(exchange.snapshot, request));
}

function routeBy(exchange: Exchange, decide: () => RouteDecision): Routed | Promise<Routed> {
  const route = decide();
  // It may be one that a provider has not told yet, so it is refused only after asking.
  return !route.ok && route.code === "unknown-model" ? routeAgain(exchange, decide) : taken(exchange, route);
}

async function routeAgain(exchange: Exchange, decide: () => RouteDecision): Promise<Routed> {
  await awaitModelLists(exchange.snapshot.providers.values(), listsWithinMs);
  return taken(exchange, decide());
}

function taken({ notes }: Exchange, route: RouteDecision): Routed {
  const { ruling } = route;
  if (ruling !== undefined && ruling.held.length > 0) notes.rules = ruling.held;
  if (route.ok) return route;
  throw new GatewayError(route.code === "rule-refused" ? "rule-refused" : "model-refused", route.reason);
}

function requestOf(
  { incoming, notes, services, snapshot }: Exchange,
  { principal, endpoint, call }: Asked,
  budgets: RouteRequest["budgets"],
): RouteRequest {
  return {
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
    budgets,
  };
}
