import type { FailureKind } from "../messages/failure.ts";

const byStatus: Readonly<Record<number, FailureKind>> = {
  401: "unauthenticated",
  402: "quota-exhausted",
  403: "forbidden",
  404: "not-found",
  405: "not-found",
  408: "timed-out",
  413: "too-large",
  429: "rate-limited",
  503: "overloaded",
  504: "timed-out",
  529: "overloaded",
};

/**
 * What an HTTP status means where it means the same at every provider. Of any other, what the answer's code says
 * (`coded`) if anything, else no more than whose fault it is.
 */
export function kindOfStatus(status: number, coded?: FailureKind): FailureKind {
  return byStatus[status] ?? coded ?? (status >= 500 ? "server-error" : "invalid-request");
}
