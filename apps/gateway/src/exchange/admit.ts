import { allowModel, resolveModel, type Principal, type Resolution } from "@drawbridge/governance";
import type { Provider } from "@drawbridge/providers";
import type { ClientCall } from "@drawbridge/translator";
import type { IncomingHttpHeaders } from "node:http";
import { GatewayError } from "../errors.ts";
import type { Snapshot } from "../services.ts";
import { awaitModelLists } from "../serving/refresh-model-lists.ts";
import type { Exchange } from "./exchange.ts";
import { presentedKeys } from "./presented-keys.ts";
import { readBody } from "./read-body.ts";

const listsWithinMs = 2_000;

/** A request that may run, and where. */
export interface Admitted {
  /** As the client sent it. */
  readonly body: Uint8Array;
  readonly call: ClientCall;
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
}

/** Steps 1 to 5 of the line: who asks, for what, may they, and where does it go. Throws a GatewayError that says why not. */
export async function admit(exchange: Exchange, snapshot: Snapshot): Promise<Admitted> {
  const { client, incoming, notes, services } = exchange;
  const principal = authenticate(snapshot, incoming.headers);
  notes.keyId = principal.keyId;
  notes.keyName = principal.keyName;
  if (services.lifecycle.draining) {
    throw new GatewayError("draining", "this gateway is shutting down; ask again and another one will answer");
  }

  const body = await readBody(incoming, snapshot.bodyLimitBytes);
  notes.bytesIn = body.length;
  const call = client.decodeRequest(body, { createdAtSeconds: Math.floor(Date.now() / 1_000) });
  notes.modelAsked = call.facts.model;
  notes.maxTokens = call.facts.maxTokens;
  notes.stream = call.facts.stream;

  const { provider, model } = await plan(snapshot, principal, call.facts.model);
  notes.provider = provider.name;
  notes.model = model;
  return { body, call, provider, model };
}

/** Finds the principal of a request. Throws a GatewayError `unauthenticated`. */
export function authenticate({ keys }: Pick<Snapshot, "keys">, headers: IncomingHttpHeaders): Principal {
  let decision = keys.authenticate(undefined);
  for (const key of presentedKeys(headers)) {
    decision = keys.authenticate(key);
    if (decision.allowed) break;
  }
  if (decision.allowed) return decision.value;
  throw new GatewayError("unauthenticated", decision.reason);
}

async function plan(
  snapshot: Snapshot,
  principal: Principal,
  asked: string,
): Promise<{ provider: Provider; model: string }> {
  const route = await resolve(snapshot, asked);
  if (!route.ok) throw new GatewayError("model-refused", route.reason);
  const decision = allowModel(principal.policy, route);
  if (!decision.allowed) throw new GatewayError("model-refused", `Key "${principal.keyName}": ${decision.reason}`);
  const { provider: name, model } = route.target;
  const provider = snapshot.providers.get(name);
  if (provider === undefined)
    throw new GatewayError("model-refused", `"${asked}" goes to "${name}", which is no provider`);
  return { provider, model };
}

/** An unknown name may be one that a provider has not told yet, so it is refused only after asking. */
async function resolve({ routes, providers }: Snapshot, asked: string): Promise<Resolution> {
  const route = resolveModel(routes, asked);
  if (route.ok) return route;
  await awaitModelLists(providers.values(), listsWithinMs);
  return resolveModel(routes, asked);
}
