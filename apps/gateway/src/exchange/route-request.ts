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

type Routed = Extract<RouteDecision, { ok: true }>;

/**
 * Step 4 of the line: where the request goes, by rules, routes and policies. Known at once, unless a rule asks for budgets
 * or a provider for its models. Throws a GatewayError that says why nowhere.
 */
export function routeRequest(exchange: Exchange, asked: Asked): Routed | Promise<Routed> {
  if (exchange.snapshot.rules.needs.has("budget")) return routeByBudgets(exchange, asked);
  return routeBy(exchange, requestOf(exchange, asked, undefined));
}

async function routeByBudgets(exchange: Exchange, asked: Asked): Promise<Routed> {
  const budgets = await exchange.services.governance.usage(asked.principal);
  return routeBy(exchange, requestOf(exchange, asked, budgets));
}

function routeBy(exchange: Exchange, request: RouteRequest): Routed | Promise<Routed> {
  const route = decideRoute(exchange.snapshot, request);
  // It may be one that a provider has not told yet, so it is refused only after asking.
  return !route.ok && route.code === "unknown-model" ? routeAgain(exchange, request) : taken(exchange, route);
}

async function routeAgain(exchange: Exchange, request: RouteRequest): Promise<Routed> {
  const { snapshot } = exchange;
  await awaitModelLists(snapshot.providers.values(), listsWithinMs);
  return taken(exchange, decideRoute(snapshot, request));
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
