import type { LimitDenialCode } from "@drawbridge/governance";

/** Why the gateway itself refuses a request, before any provider is asked. */
export type GatewayErrorCode =
  | LimitDenialCode
  | "limits-unavailable" // nobody can say whether there is room
  | "no-price" // what a model costs is not known, and money is limited
  | "unauthenticated"
  | "key-unconfirmed" // the database that knows cannot be asked
  | "model-refused"
  | "policy-refused" // an endpoint or a tool that the key may not use
  | "rule-refused"
  | "invalid-request"
  | "body-too-large"
  | "body-incomplete" // the client left while it was sending
  | "body-too-slow"
  | "unsupported-encoding"
  | "not-found"
  | "method-not-allowed"
  | "draining";

/** A refusal of the gateway's own. `message` is for the developer: what was wrong, where, what to do. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;
  /** When asking again can help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: GatewayErrorCode,
    message: string,
    options?: ErrorOptions & { readonly retryAfterSeconds?: number | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

/** How each refusal looks to a client: status and type of the Messages API, and OpenAI's code where it has one. */
export interface RefusalShape {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  /** Sent as `x-should-retry`, which Claude Code obeys. */
  readonly retry: boolean;
  readonly retryAfterSeconds?: number;
}

/**
 * Statuses and types that make Claude Code stop at once and show the sentence: it repeats a plain 400 six
 * times, hides the message of a 404 and answers a 403 with "run /login"; `policy_blocked` is shown as it is.
 */
export const refusalShapes = {
  unauthenticated: { status: 401, type: "authentication_error", code: "invalid_api_key", retry: false },
  "policy-refused": { status: 400, type: "policy_blocked", retry: false },
  "key-unconfirmed": { status: 503, type: "overloaded_error", retry: true },
  "model-refused": { status: 400, type: "policy_blocked", code: "model_not_found", retry: false },
  "rule-refused": { status: 400, type: "policy_blocked", code: "refused_by_rule", retry: false },
  "invalid-request": { status: 400, type: "invalid_request_error", retry: false },
  "body-too-large": { status: 413, type: "request_too_large", retry: false },
  "body-incomplete": { status: 400, type: "invalid_request_error", retry: true },
  "body-too-slow": { status: 408, type: "timeout_error", retry: true },
  "unsupported-encoding": { status: 415, type: "invalid_request_error", retry: false },
  "not-found": { status: 404, type: "not_found_error", retry: false },
  "method-not-allowed": { status: 405, type: "invalid_request_error", retry: false },
  draining: { status: 503, type: "overloaded_error", retry: true },
  // What is final is told with a status that no client repeats, what passes with one that all do, and when.
  "budget-spent": { status: 402, type: "billing_error", code: "insufficient_quota", retry: false },
  "quota-spent": { status: 429, type: "rate_limit_error", code: "insufficient_quota", retry: false },
  "rate-limited": { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded", retry: true },
  "too-many-running": { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded", retry: true },
  "request-too-large": { status: 400, type: "policy_blocked", code: "limit_exceeded", retry: false },
  "no-price": { status: 400, type: "policy_blocked", code: "model_not_priced", retry: false },
  "limits-unavailable": { status: 503, type: "overloaded_error", retry: true },
} as const satisfies Record<GatewayErrorCode, RefusalShape>;

const limitCodes: ReadonlySet<GatewayErrorCode> = new Set<LimitDenialCode>([
  "budget-spent",
  "quota-spent",
  "rate-limited",
  "too-many-running",
  "request-too-large",
]);

/** True for a refusal by a limit. */
export function isLimitCode(code: GatewayErrorCode): boolean {
  return limitCodes.has(code);
}
