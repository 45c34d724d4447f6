import { createHash } from "node:crypto";
import type { Endpoint } from "@drawbridge/providers";

/**
 * Names a model at its address, the same in every gateway and after each start. Tells nothing of the address, which may
 * hold what is nobody's business.
 */
export function endpointPrint({ dialect, baseUrl, query, target }: Pick<Endpoint, EndpointPart>): string {
  const named = JSON.stringify([dialect.name, baseUrl, query, target.model]);
  return createHash("sha256").update(named).digest("base64url").slice(0, printLength);
}

type EndpointPart = "dialect" | "baseUrl" | "query" | "target";

const printLength = 22;
