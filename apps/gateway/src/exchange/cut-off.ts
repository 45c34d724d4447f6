import { GatewayError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";

/** Why an exchange ended early whose client is still there: the gateway stops. Undefined when it ended otherwise. */
export function cutOffError({ signal, outgoing }: Exchange): GatewayError | undefined {
  if (!signal.aborted || outgoing.destroyed) return undefined;
  return new GatewayError("draining", "this gateway has stopped before the answer was complete; ask again");
}
