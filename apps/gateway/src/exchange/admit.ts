import type { Endpoint, Principal } from "@drawbridge/governance";
import type { Credential, DispatchPlan, Provider } from "@drawbridge/providers";
import type { ClientCall } from "@drawbridge/translator";
import { GatewayError } from "../errors.ts";
import { applyRuling } from "./apply-ruling.ts";
import { clientAddress } from "./client-address.ts";
import type { Exchange } from "./exchange.ts";
import { endpointOf, permit } from "./permit.ts";
import { presentedKeys } from "./presented-keys.ts";
import { readBody } from "./read-body.ts";
import { routeRequest } from "./route-request.ts";
import { stickyKey } from "./sticky-key.ts";
import { targetsOf } from "./targets-of.ts";

/** One model of one provider, as a route names it. */
export interface Target {
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly weight: number;
  /** Beside its equals, where they are chosen by price. */
  readonly price?: number | undefined;
  /** False for a credential whose region the key may not use; missing where all may be used. */
  permits?(credential: Credential): boolean;
}

/** A request that may run, and where. */
export interface Admitted {
  /** As the client sent it, but for tools that its key may not use. */
  readonly body: Uint8Array;
  readonly call: ClientCall;
  readonly plan: DispatchPlan<Target>;
  readonly principal: Principal;
}

/** Steps 1 to 4 of the line: who asks, for what, may they, and where does it go. Throws a GatewayError that says why not. */
export async function admit(
  exchange: Exchange,
  endpoint: Endpoint = endpointOf[exchange.client.name],
): Promise<Admitted> {
  const { client, incoming, notes, services, snapshot } = exchange;
  const principal = identify(exchange);
  if (services.lifecycle.phase === "draining") {
    throw new GatewayError("draining", "this gateway is shutting down; ask again and another one will answer");
  }

  const body = await readBody(incoming, snapshot.bodyLimitBytes, services.keepAlive);
  notes.bytesIn = body.length;
  const asked = client.decodeRequest(body, {
    createdAtSeconds: Math.floor(Date.now() / 1_000),
    betas: services.readBetas(incoming.headers["anthropic-beta"]),
    recurring: services.recurring,
  });
  const call = permit(principal, endpoint, asked);
  notes.modelAsked = call.facts.model;
  notes.maxTokens = call.facts.maxTokens;
  notes.stream = call.facts.stream;

  const routed = routeRequest(exchange, { principal, endpoint, call });
  const route = routed instanceof Promise ? await routed : routed;
  const ruled = applyRuling({ principal, call }, route.ruling);
  notes.principal = ruled.principal;
  notes.maxTokens = ruled.call.facts.maxTokens;
  const { policies } = principal;
  const links = route.links.map((link) => ({ order: link.order, targets: targetsOf(link, snapshot, policies) }));
  const sticky = stickyKey(links, { sessionId: notes.sessionId, body: call.body });
  return { body: ruled.call.body, call: ruled.call, principal: ruled.principal, plan: { links, ...sticky } };
}

/** Finds who asks, and notes it. Throws a GatewayError `unauthenticated`, or `key-unconfirmed` when it cannot be said. */
export function identify({ incoming, notes, snapshot }: Exchange): Principal {
  const { socket: connection } = incoming;
  const from = { address: clientAddress(incoming, snapshot.trustedProxies), atMs: Date.now(), connection };
  const decision = snapshot.directory.authenticate(presentedKeys(incoming.headers), from);
  if (!decision.allowed) {
    throw new GatewayError(
      decision.code === "unconfirmed-key" ? "key-unconfirmed" : "unauthenticated",
      decision.reason,
    );
  }
  const principal = decision.value;
  notes.keyId = principal.keyId;
  notes.keyName = principal.keyName;
  notes.principal = principal;
  return principal;
}
