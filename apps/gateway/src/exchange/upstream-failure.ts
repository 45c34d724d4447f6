import { isProviderError } from "@drawbridge/providers";
import type { UpstreamFailure } from "@drawbridge/translator";

/** The failure that an error carries, if it is a provider's. */
export function upstreamFailure(error: unknown): UpstreamFailure | undefined {
  return isProviderError(error) ? error.failure : undefined;
}
