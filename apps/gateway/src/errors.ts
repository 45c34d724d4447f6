/** Why the gateway itself refuses a request, before any provider is asked. */
export type GatewayErrorCode =
  | "unauthenticated"
  | "model-refused"
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

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** How each refusal looks to a client: status and type of the Messages API, and OpenAI's code where it has one. */
export interface RefusalShape {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  /** Sent as `x-should-retry`, which Claude Code obeys. */
  readonly retry: boolean;
}

/**
 * Statuses and types that make Claude Code stop at once and show the sentence: it repeats a plain 400 six
 * times, hides the message of a 404 and answers a 403 with "run /login"; `policy_blocked` is shown as it is.
 */
export const refusalShapes = {
  unauthenticated: { status: 401, type: "authentication_error", code: "invalid_api_key", retry: false },
  "model-refused": { status: 400, type: "policy_blocked", code: "model_not_found", retry: false },
  "invalid-request": { status: 400, type: "invalid_request_error", retry: false },
  "body-too-large": { status: 413, type: "request_too_large", retry: false },
  "body-incomplete": { status: 400, type: "invalid_request_error", retry: true },
  "body-too-slow": { status: 408, type: "timeout_error", retry: true },
  "unsupported-encoding": { status: 415, type: "invalid_request_error", retry: false },
  "not-found": { status: 404, type: "not_found_error", retry: false },
  "method-not-allowed": { status: 405, type: "invalid_request_error", retry: false },
  draining: { status: 503, type: "overloaded_error", retry: true },
} as const satisfies Record<GatewayErrorCode, RefusalShape>;
