import type { FailureKind, UpstreamFailure } from "./failure.ts";

/** An HTTP answer that tells the client of a failure. */
export interface RenderedError {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the client is told beside the failure itself. */
export interface FailureContext {
  /** The provider's name in the gateway's configuration. */
  readonly provider: string;
  readonly requestId: string;
  /** The model that the client asked for; named where the API's own sentence names one. */
  readonly model?: string;
  /** `max_tokens` of the request, for the sentences that need it where the provider did not repeat it. */
  readonly maxTokens?: number | undefined;
}

/** A refusal of the gateway's own. */
export interface Refusal {
  readonly status: number;
  /** One of the API's error types, e.g. `authentication_error`. */
  readonly type: string;
  /** OpenAI's code for it, for clients of that API; e.g. `model_not_found`. */
  readonly code?: string;
  readonly message: string;
  /** False keeps clients from trying again, true makes them; without it they go by the status. */
  readonly retry?: boolean;
  readonly retryAfterSeconds?: number;
}

interface Rule {
  readonly status: number;
  readonly type: string;
  /** False where trying again cannot help: clients would do so for three minutes. */
  readonly retry?: false;
}

// Statuses and types: Anthropic docs, "Errors". An upstream's refusal of the gateway's own credential is a 502,
// since a 401 or 403 would make Claude Code tell its user to log in.
const rules = {
  "context-overflow": { status: 400, type: "invalid_request_error" },
  "output-overflow": { status: 400, type: "invalid_request_error" },
  "max-tokens-too-large": { status: 400, type: "invalid_request_error" },
  "invalid-request": { status: 400, type: "invalid_request_error" },
  "unsupported-parameter": { status: 400, type: "invalid_request_error" },
  "content-blocked": { status: 400, type: "policy_blocked", retry: false },
  unauthenticated: { status: 502, type: "api_error", retry: false },
  forbidden: { status: 502, type: "api_error", retry: false },
  "not-found": { status: 404, type: "not_found_error" },
  "too-large": { status: 413, type: "request_too_large" },
  "rate-limited": { status: 429, type: "rate_limit_error" },
  "quota-exhausted": { status: 402, type: "billing_error", retry: false },
  overloaded: { status: 529, type: "overloaded_error" },
  "server-error": { status: 500, type: "api_error" },
  unreachable: { status: 502, type: "api_error" },
  "timed-out": { status: 504, type: "timeout_error" },
  reset: { status: 502, type: "api_error" },
  truncated: { status: 502, type: "api_error" },
  malformed: { status: 502, type: "api_error" },
  cancelled: { status: 499, type: "api_error", retry: false },
} as const satisfies Record<FailureKind, Rule>;

/** The API's error type for a kind of failure, as it stands in the `error` event of a stream. */
export function errorTypeOf(kind: FailureKind): string {
  return rules[kind].type;
}

/**
 * The answer for a request that failed upstream: the status, headers and wording that make Claude Code do the
 * right thing (retry, compact, shorten, or stop and say why). The answer of an upstream that speaks Messages
 * itself goes out as it came, unless it is about the gateway's credential.
 */
export function renderFailure(failure: UpstreamFailure, context: FailureContext): RenderedError {
  const rule: Rule = rules[failure.kind];
  const headers = headersOf(context.requestId, rule.retry, failure.retryAfterSeconds);
  const { original } = failure;
  if (original !== undefined && !isAboutCredentials(failure.kind)) {
    return { status: original.status, headers: { ...headers, ...original.headers }, body: original.body };
  }
  const body = envelope(rule.type, describeFailure(failure, context), context.requestId);
  return { status: statusOf(failure, rule), headers, body };
}

/** The answer for a request that the gateway itself refuses. */
export function renderRefusal(refusal: Refusal, requestId: string): RenderedError {
  return {
    status: refusal.status,
    headers: headersOf(requestId, refusal.retry, refusal.retryAfterSeconds),
    body: envelope(refusal.type, refusal.message, requestId),
  };
}

function envelope(type: string, message: string, requestId: string): string {
  return JSON.stringify({ type: "error", error: { type, message }, request_id: requestId });
}

/** Claude Code takes whole seconds only, and no HTTP date. */
function headersOf(
  requestId: string,
  retry: boolean | undefined,
  retryAfterSeconds: number | undefined,
): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json", "request-id": requestId };
  if (retry !== undefined) headers["x-should-retry"] = String(retry);
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(Math.max(0, Math.ceil(retryAfterSeconds)));
  return headers;
}

function isAboutCredentials(kind: FailureKind): boolean {
  return kind === "unauthenticated" || kind === "forbidden";
}

function statusOf({ kind, status }: UpstreamFailure, rule: Rule): number {
  const keeps = kind === "server-error" && status !== undefined && status >= 500 && status <= 599;
  return keeps ? status : rule.status;
}

/** What a client is told of a failure, whatever its envelope. */
export function describeFailure(failure: UpstreamFailure, context: FailureContext): string {
  const { provider } = context;
  switch (failure.kind) {
    case "context-overflow":
    case "output-overflow":
    case "max-tokens-too-large":
      return overflowSentence(failure, context);
    case "unauthenticated":
      if (failure.status === undefined) return noCredential(provider);
      return `The provider "${provider}" refused the credential that stands for it in Drawbridge's configuration. Ask whoever runs Drawbridge to check it; your own key is fine.`;
    case "forbidden":
      return `The provider "${provider}" does not allow this with the credential in Drawbridge's configuration. Ask whoever runs Drawbridge to check what it may use; your own key is fine.`;
    default:
      return ownTroubles.has(failure.kind) ? `${provider}: ${failure.message}` : failure.message;
  }
}

/** Why there is none stands in the log alone: it may name files and accounts. */
function noCredential(provider: string): string {
  return `Drawbridge has no credential that works at the provider "${provider}". Ask whoever runs Drawbridge to correct providers.${provider} in its configuration; its log says what is wrong. Your own key is fine.`;
}

/** With several providers behind one gateway the user has to know which of them is in trouble. */
const ownTroubles: ReadonlySet<FailureKind> = new Set<FailureKind>([
  "not-found",
  "rate-limited",
  "quota-exhausted",
  "overloaded",
  "server-error",
  "unreachable",
  "timed-out",
  "reset",
  "truncated",
  "malformed",
]);

/**
 * The sentences that Claude Code reads the numbers of: it then compacts the conversation or lowers `max_tokens`.
 * Where a number is missing it still compacts at `prompt is too long`, which helps in every case but the last.
 */
function overflowSentence(failure: UpstreamFailure, context: FailureContext): string {
  const { kind, inputTokens: input, limitTokens: limit } = failure;
  const max = failure.maxTokens ?? context.maxTokens;
  const model = context.model ?? `this model at ${context.provider}`;
  if (kind === "max-tokens-too-large") {
    return max === undefined || limit === undefined
      ? failure.message
      : `max_tokens: ${max} > ${limit}, which is the maximum allowed number of output tokens for ${model}`;
  }
  if (input === undefined || limit === undefined) return `prompt is too long for the context window of ${model}`;
  if (kind === "context-overflow") return `prompt is too long: ${input} tokens > ${limit} maximum`;
  return max === undefined
    ? `prompt is too long: ${input} tokens leave no room for an answer in the ${limit} maximum`
    : `input length and \`max_tokens\` exceed context limit: ${input} + ${max} > ${limit}, decrease input length or \`max_tokens\` and try again`;
}
