import { authorize, type Endpoint, type Principal } from "@drawbridge/governance";
import type { ClientCall, ClientDialectName } from "@drawbridge/translator";
import { GatewayError } from "../errors.ts";

/** Under which name policies know the API that a client speaks. */
export const endpointOf: Readonly<Record<ClientDialectName, Endpoint>> = {
  "anthropic-messages": "messages",
  "openai-chat": "chat",
  "openai-responses": "responses",
};

/**
 * The request as its key may make it: without the tools that a policy has removed. Throws a GatewayError
 * `policy-refused` when it may not be made at all.
 */
export function permit(principal: Principal, endpoint: Endpoint, call: ClientCall): ClientCall {
  const decision = authorize(principal, { endpoint, tools: () => call.tools() });
  if (!decision.allowed) throw new GatewayError("policy-refused", decision.reason);
  const { removeTools } = decision.value;
  return removeTools.length === 0 ? call : call.withoutTools(removeTools);
}

/** Makes sure that a key may list models. Throws a GatewayError `policy-refused`. */
export function permitModels(principal: Principal): void {
  const decision = authorize(principal, { endpoint: "models" });
  if (!decision.allowed) throw new GatewayError("policy-refused", decision.reason);
}
