import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import type { ErrorAnswer } from "../dialect.ts";
import { kindOfStatus } from "../kind-of-status.ts";
import { readErrorBody, readErrorText, type SpokenError } from "./error-body.ts";
import { readOverflow } from "./overflow.ts";
import { readParameter } from "./refused-parameter.ts";
import { readRetryAfter } from "../retry-after.ts";

interface Said extends SpokenError {
  readonly status: number | undefined;
}

/** Words and codes that tell more than the status; the first that fits decides. */
const tellTales: readonly { readonly kind: FailureKind; readonly pattern: RegExp }[] = [
  {
    kind: "quota-exhausted",
    pattern:
      /insufficient_quota|exceeded your current quota|billing|credit balance|insufficient (?:credits?|balance|funds)|requires? more credits|out of credits|payment required|arrearage|账户余额|欠费/i,
  },
  {
    kind: "content-blocked",
    pattern:
      /content_filter|content_policy_violation|content management policy|responsibleaipolicy|data_inspection_failed|flagged (?:by|as|for)|moderation/i,
  },
  {
    kind: "overloaded",
    pattern: /overloaded|over capacity|at capacity|engine_overloaded|server is busy|\bunavailable\b/i,
  },
  {
    kind: "unauthenticated",
    pattern:
      /invalid_api_key|incorrect api key|invalid api key|invalid_authentication|authentication_error|no auth credentials/i,
  },
  {
    kind: "rate-limited",
    pattern: /rate.?limit|too many requests|resource.?exhausted|tokens per min|requests per min/i,
  },
  {
    kind: "not-found",
    pattern:
      /model_not_found|model not found|model ['"`]?[^'"` ]+['"`]? (?:not found|does not exist)|no endpoints found/i,
  },
];

/** Statuses that only some of these servers have. */
const ownStatus: Readonly<Record<number, FailureKind>> = { 498: "overloaded", 524: "timed-out" };

const sayings: Readonly<Partial<Record<FailureKind, string>>> = {
  "rate-limited": "The provider asks to send fewer requests.",
  overloaded: "The provider is overloaded.",
  "not-found": "The provider knows no such model or path; check the model's name and the provider's base URL.",
  "too-large": "The request is larger than the provider takes.",
  "timed-out": "The provider took too long.",
  "quota-exhausted": "The provider's account has no quota left.",
};

/** Says what an error answer of an OpenAI-compatible server means. */
export function readFailure({ status, headers, body, receivedAtMs }: ErrorAnswer): UpstreamFailure {
  const spoken = readErrorText(body);
  const said: Said = { ...(spoken ?? silence), status };
  const failure = classify(said);
  if (!mayWait(failure.kind)) return failure;
  const retryAfterSeconds = readRetryAfter({ headers, message: body, receivedAtMs });
  return retryAfterSeconds === undefined ? failure : { ...failure, retryAfterSeconds };
}

/**
 * Reads an error that came with a good status, inside a stream or as a whole body; undefined when the value is no error.
 * `certain` says that it is one for sure, even if it does not look like it.
 */
export function readSpokenFailure(value: unknown, certain = false): UpstreamFailure | undefined {
  const spoken = readErrorBody(value);
  if (spoken === undefined) return certain ? classify(silence) : undefined;
  const failure = classify(spoken);
  const retryAfterSeconds = mayWait(failure.kind)
    ? readRetryAfter({ headers: {}, message: spoken.message, receivedAtMs: undefined })
    : undefined;
  return retryAfterSeconds === undefined ? failure : { ...failure, retryAfterSeconds };
}

const silence: SpokenError = {
  message: "",
  codes: "",
  status: undefined,
  parameter: undefined,
  inputTokens: undefined,
  limitTokens: undefined,
};

function classify(said: Said): UpstreamFailure {
  return overflow(said) ?? refusedParameter(said) ?? plain(said);
}

function overflow({ status, message, codes, inputTokens, limitTokens }: Said): UpstreamFailure | undefined {
  if (status === 401 || status === 403 || status === 429) return undefined;
  const found = readOverflow(message, codes);
  if (found === undefined) return undefined;
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(limitTokens !== undefined && { limitTokens }),
    ...found,
    message,
    ...(status !== undefined && { status }),
  };
}

function refusedParameter(said: Said): UpstreamFailure | undefined {
  const { status, message } = said;
  if (status !== undefined && status !== 400 && status !== 422) return undefined;
  const parameter = readParameter(said);
  if (parameter === undefined) return undefined;
  return { kind: "unsupported-parameter", message, parameter, ...(status !== undefined && { status }) };
}

function plain({ status, message, codes }: Said): UpstreamFailure {
  const kind = kindOf(status, `${codes} ${message}`);
  const told = message === "" ? (sayings[kind] ?? fallback(status)) : message;
  return { kind, message: told, ...(status !== undefined && { status }) };
}

function kindOf(status: number | undefined, words: string): FailureKind {
  // A 401 or 404 means what it says; everything else is used loosely.
  if (status === 401) return "unauthenticated";
  const told = tellTales.find(({ pattern }) => pattern.test(words))?.kind;
  if (told !== undefined && fits(told, status)) return told;
  if (status === undefined) return "server-error";
  return ownStatus[status] ?? kindOfStatus(status);
}

/** Statuses with which such words mean it. "billing" or "unavailable" also stand in plain refusals. */
const plausible: Readonly<Partial<Record<FailureKind, (status: number) => boolean>>> = {
  overloaded: (status) => status >= 429,
  "quota-exhausted": (status) => [400, 402, 403, 429].includes(status),
  "rate-limited": (status) => status === 429 || status >= 500,
  "not-found": (status) => status === 400 || status === 404,
  "content-blocked": (status) => status < 500 && status !== 404,
  unauthenticated: (status) => status === 400 || status === 403,
};

function fits(kind: FailureKind, status: number | undefined): boolean {
  return status === undefined || plausible[kind]?.(status) === true;
}

function mayWait(kind: FailureKind): boolean {
  return kind === "rate-limited" || kind === "overloaded" || kind === "server-error";
}

function fallback(status: number | undefined): string {
  return status === undefined
    ? "The provider reported an error without saying which."
    : `The provider answered with status ${status} and nothing readable.`;
}
