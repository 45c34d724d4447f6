import type { FailureKind, UpstreamFailure } from "@drawbridge/translator";

/** Where a request goes after a failure: to another credential of the same target, to another target, or nowhere. */
export type Move = "credential" | "target" | "nowhere";

/**
 * Whom a failure speaks against: the place (its breaker counts it), the place for as long as it asks, the credential
 * with all models, or nobody but the request.
 */
export type Blame = "place" | "cooldown" | "refused" | "refused-here" | "exhausted" | "none";

/** What follows from a failure that came before any content. */
export interface FailureRule {
  readonly move: Move;
  readonly blame: Blame;
}

const nobody: FailureRule = { move: "nowhere", blame: "none" };
const upstream: FailureRule = { move: "target", blame: "place" };

const rules: Readonly<Record<FailureKind, FailureRule>> = {
  "context-overflow": nobody,
  "output-overflow": nobody,
  "max-tokens-too-large": nobody,
  "invalid-request": nobody,
  "unsupported-parameter": nobody,
  "content-blocked": nobody,
  "not-found": nobody,
  "too-large": nobody,
  cancelled: nobody,
  unauthenticated: { move: "credential", blame: "refused" },
  forbidden: { move: "credential", blame: "refused-here" },
  "rate-limited": { move: "credential", blame: "cooldown" },
  "quota-exhausted": { move: "credential", blame: "exhausted" },
  overloaded: upstream,
  "server-error": upstream,
  unreachable: upstream,
  "timed-out": upstream,
  reset: upstream,
  truncated: upstream,
  malformed: upstream,
};

/** True for the name of a kind of failure. */
export function isFailureKind(kind: unknown): kind is FailureKind {
  return typeof kind === "string" && Object.hasOwn(rules, kind);
}

/** 409 and 425 say that the moment was wrong, not the request. Source: RFC 9110, 15.5.10; RFC 8470, 5.2. */
const untimely: ReadonlySet<number | undefined> = new Set([409, 425]);

/** What follows from a failure, with or without the leave to send once more what may have been done already. */
export function failureRule(failure: UpstreamFailure, retryUncertain: boolean): FailureRule {
  const rule = rules[failure.kind];
  if (failure.kind === "invalid-request" && untimely.has(failure.status)) return upstream;
  if (failure.uncertain === true && !retryUncertain) return { ...rule, move: "nowhere" };
  return rule;
}
