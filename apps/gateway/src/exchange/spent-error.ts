import type { LimitDenial } from "@drawbridge/governance";
import { GatewayError } from "../errors.ts";

/** Why an answer ends in the middle: a limit has no room, or the gateway was so long out of breath that its hold is gone. */
export function spentError(denial: LimitDenial | undefined): GatewayError {
  if (denial !== undefined) return new GatewayError(denial.code, denial.reason);
  return new GatewayError("limits-unavailable", "the answer ends here: what was held for it has expired meanwhile");
}
