/**
 * Every way in which a provider can fail a request, whatever its dialect. Closed: a new kind must be
 * given its status, its type and its retry rule in `renderFailure` before anything compiles.
 */
export type FailureKind =
  | "context-overflow" // the prompt alone is longer than the model's window
  | "output-overflow" // prompt and max_tokens together are
  | "max-tokens-too-large" // max_tokens is over the model's own output limit
  | "invalid-request"
  | "unsupported-parameter" // one named parameter is refused; see `parameter`
  | "content-blocked" // the provider's filter refused the prompt
  | "unauthenticated" // the gateway's credential was refused, never the client's
  | "forbidden"
  | "not-found" // no such model or path at the provider
  | "too-large" // the body, in bytes
  | "rate-limited" // try again later
  | "quota-exhausted" // no money or quota left: trying again is useless
  | "overloaded"
  | "server-error"
  | "unreachable" // DNS, connect, TLS
  | "timed-out"
  | "reset" // the connection broke
  | "truncated" // the stream ended without saying why
  | "malformed" // an answer that is not one: HTML, broken JSON, empty
  | "cancelled"; // the client left

/** What went wrong at the provider, in words and numbers that the client can be told. */
export interface UpstreamFailure {
  readonly kind: FailureKind;
  /** One or two sentences for the developer; never a secret, never markup. */
  readonly message: string;
  /** HTTP status of the provider's answer, when there was one. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** True when the request was sent whole and no answer began: the provider may have worked on it, and may bill it. */
  readonly uncertain?: true;
  /** With `reset`: the connection had been used before and broke at once, as one does that its server has closed. */
  readonly stale?: true;
  /** With the overflow kinds, as far as the provider told. */
  readonly inputTokens?: number;
  readonly maxTokens?: number;
  readonly limitTokens?: number;
  /** With `unsupported-parameter`: the provider's name for it, e.g. `temperature`. */
  readonly parameter?: string;
  /** The answer of an upstream that speaks Messages itself: goes to the client as it is, unless it is about credentials. */
  readonly original?: {
    readonly status: number;
    /** What of its head goes along. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
  };
}
