import type { UpstreamFailure } from "@drawbridge/translator";

/** Thrown when a call to a provider fails below its dialect. `failure.kind` is the code. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** Tells a {@link ProviderError} even when two copies of this package are installed. */
export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof Error && error.name === "ProviderError";
}
