import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import {
  describeFailure,
  type FailureContext,
  type Refusal,
  type RenderedError,
} from "../../messages/render-failure.ts";

/** The inside of an error envelope. Source: `ErrorObject` in openai-node. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

interface Rule {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  /** False where trying again cannot help: OpenAI's SDKs repeat every 429 and 5xx unless they are told not to. */
  readonly retry?: false;
}

const badRequest = { status: 400, type: "invalid_request_error" } as const;
const brokenUpstream = { status: 502, type: "server_error", code: "upstream_error" } as const;

// Statuses: OpenAI docs, "Error codes". Codes: what OpenAI's API says and Codex acts on, in its `api_bridge`.
const rules = {
  "context-overflow": { ...badRequest, code: "context_length_exceeded" },
  "output-overflow": { ...badRequest, code: "context_length_exceeded" },
  "max-tokens-too-large": { ...badRequest, code: "invalid_value" },
  "invalid-request": { ...badRequest, code: null },
  "unsupported-parameter": { ...badRequest, code: "unsupported_parameter" },
  "content-blocked": { ...badRequest, code: "content_policy_violation" },
  unauthenticated: { ...brokenUpstream, retry: false },
  forbidden: { ...brokenUpstream, retry: false },
  "not-found": { status: 404, type: "invalid_request_error", code: "model_not_found" },
  "too-large": { status: 413, type: "invalid_request_error", code: null },
  "rate-limited": { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  "quota-exhausted": { status: 429, type: "insufficient_quota", code: "insufficient_quota", retry: false },
  overloaded: { status: 503, type: "server_error", code: "server_is_overloaded" },
  "server-error": { status: 500, type: "server_error", code: "server_error" },
  unreachable: brokenUpstream,
  "timed-out": { status: 504, type: "server_error", code: "upstream_timeout" },
  reset: brokenUpstream,
  truncated: brokenUpstream,
  malformed: brokenUpstream,
  cancelled: { status: 499, type: "server_error", code: null, retry: false },
} as const satisfies Record<FailureKind, Rule>;

/** Like `renderFailure` of the Messages API, for clients of OpenAI's. */
export function renderOpenAiFailure(failure: UpstreamFailure, context: FailureContext): RenderedError {
  const rule: Rule = rules[failure.kind];
  const { status = 0, parameter = null, retryAfterSeconds } = failure;
  const keepsStatus = failure.kind === "server-error" && status >= 500 && status <= 599 && status !== 529;
  const message = describeFailure(failure, context);
  return {
    status: keepsStatus ? status : rule.status,
    headers: headersOf(context.requestId, rule.retry, retryAfterSeconds),
    body: envelope({ message, type: rule.type, param: parameter, code: rule.code }),
  };
}

/** Like `renderRefusal` of the Messages API, for clients of OpenAI's. */
export function renderOpenAiRefusal(refusal: Refusal, requestId: string): RenderedError {
  const code = refusal.code ?? null;
  // OpenAI says "does not exist or you do not have access to it" in one breath.
  const status = code === "model_not_found" ? 404 : refusal.status;
  const { message } = refusal;
  return {
    status,
    headers: headersOf(requestId, refusal.retry, refusal.retryAfterSeconds),
    body: envelope({
      message,
      type: status >= 500 ? "server_error" : refusalType(status),
      param: paramOf(message),
      code,
    }),
  };
}

/** An error in mid-stream, of which no more is known than its type in the Messages API. */
export function openAiErrorOf(error: { readonly type: string; readonly message: string }): OpenAiError {
  const { type, code } = streamErrors.get(error.type) ?? rules["server-error"];
  return { message: error.message, type, param: null, code };
}

const streamErrors = new Map<string, Pick<Rule, "type" | "code">>([
  ["invalid_request_error", rules["invalid-request"]],
  ["policy_blocked", rules["content-blocked"]],
  ["not_found_error", rules["not-found"]],
  ["request_too_large", rules["too-large"]],
  ["rate_limit_error", rules["rate-limited"]],
  ["billing_error", rules["quota-exhausted"]],
  ["overloaded_error", rules.overloaded],
  ["timeout_error", rules["timed-out"]],
]);

function refusalType(status: number): string {
  return status === 429 ? "rate_limit_error" : "invalid_request_error";
}

/** Messages about one field of the request begin with its path. */
function paramOf(message: string): string | null {
  return /^([a-z_]+(?:\[\d+\]|\.[a-z_]+)*): /.exec(message)?.[1] ?? null;
}

function envelope(error: OpenAiError): string {
  return JSON.stringify({ error });
}

function headersOf(
  requestId: string,
  retry: boolean | undefined,
  retryAfterSeconds: number | undefined,
): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-request-id": requestId,
    ...(retry === undefined ? {} : { "x-should-retry": String(retry) }),
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.max(0, Math.ceil(retryAfterSeconds))) }),
  };
}
