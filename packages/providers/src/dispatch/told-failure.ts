import type { FailureKind } from "@drawbridge/translator";
import type { ProviderError } from "../errors.ts";

/** Kinds that say more about our account and settings than about the moment: all others are told before them. */
const ours: readonly FailureKind[] = ["quota-exhausted", "forbidden", "unauthenticated", "not-found"];

/** Kinds that only a provider's own words make, with a status or, in a stream, without. */
const spoken: ReadonlySet<FailureKind> = new Set<FailureKind>(["rate-limited", "overloaded", "server-error"]);

/**
 * Of the failures of one request, the one that the client is told. An answer of a provider comes before the lack of
 * one, and what may pass before what will not; of equals the first, which is that of the preferred place.
 */
export function toldFailure(errors: readonly ProviderError[]): ProviderError | undefined {
  let told: ProviderError | undefined;
  for (const error of errors) {
    if (told === undefined || rankOf(error) < rankOf(told)) told = error;
  }
  return told;
}

function rankOf({ failure: { kind, status } }: ProviderError): number {
  const place = ours.indexOf(kind);
  if (place >= 0) return 2 + place;
  return status !== undefined || spoken.has(kind) ? 0 : 1;
}
