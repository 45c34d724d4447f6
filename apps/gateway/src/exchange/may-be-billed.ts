import type { UpstreamFailure } from "@drawbridge/translator";

/** A provider whose answer has no head may have done the work all the same, unless it never got the request. */
export function mayBeBilled(failure: UpstreamFailure | undefined): boolean {
  return (
    failure === undefined || failure.uncertain === true || failure.kind === "cancelled" || failure.kind === "reset"
  );
}
