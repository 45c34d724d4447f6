import { GatewayError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Looks up how the limits of whoever asked stand, where that was longer ago than a second, so that an answer that has not
 * counted in any can tell as well. Never rejects. Does nothing after an `error` for which the limits could not be looked up.
 */
export async function knowHeadroom({ notes, outgoing, services }: Exchange, error?: unknown): Promise<void> {
  const { principal } = notes;
  if (principal === undefined || principal.scopes.length === 0 || outgoing.headersSent) return;
  if (error instanceof GatewayError && error.code === "limits-unavailable") return;
  await services.governance.usage(principal);
}
