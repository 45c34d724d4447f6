import { parseJson } from "../../json/loose.ts";
import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import type { ErrorAnswer } from "../dialect.ts";
import { kindOfStatus } from "../kind-of-status.ts";
import { readErrorBody, readErrorText, type SpokenError } from "../openai-chat/error-body.ts";
import { readRetryAfter } from "../retry-after.ts";
import { readDetails, type ErrorDetails } from "./error-details.ts";
import { readOverflow } from "./overflow.ts";
import { readParameter, refusesSignature } from "./refused-parameter.ts";
import { ownValue } from "../../json/own-value.ts";

interface Said {
  readonly message: string;
  readonly codes: string;
  readonly status: number | undefined;
  readonly details: ErrorDetails;
}

/** Google's canonical codes. Source: google.rpc, code.proto. */
const byCode: Readonly<Record<string, FailureKind>> = {
  unauthenticated: "unauthenticated",
  permission_denied: "forbidden",
  not_found: "not-found",
  resource_exhausted: "rate-limited",
  unavailable: "overloaded",
  deadline_exceeded: "timed-out",
  internal: "server-error",
  unknown: "server-error",
  invalid_argument: "invalid-request",
  failed_precondition: "invalid-request",
  out_of_range: "invalid-request",
};

/** Words and reasons that tell more than code and status; the first that fits decides. */
const tellTales: readonly { readonly kind: FailureKind; readonly pattern: RegExp }[] = [
  {
    kind: "unauthenticated",
    pattern:
      /api_key_(?:invalid|expired|service_blocked)|api key (?:not valid|expired|not found)|pass a valid api key|reported as leaked/i,
  },
  { kind: "too-large", pattern: /request payload size exceeds the limit|request is too large/i },
  {
    kind: "quota-exhausted",
    pattern:
      /perday|per_day|limit: 0\b|prepayment credits|billing (?:account|is) .{0,40}(?:disabled|not)|spending cap/i,
  },
  { kind: "overloaded", pattern: /model is overloaded|high demand|currently experiencing/i },
  {
    kind: "content-blocked",
    pattern: /prompt was blocked|blocked by .{0,40}(?:safety|policy)|violat(?:es|ed|ion).{0,40}polic/i,
  },
];

/** Says what an error answer of the Gemini API, or of Vertex, means. */
export function readFailure({ status, headers, body, receivedAtMs }: ErrorAnswer): UpstreamFailure {
  const { message, codes } = readErrorText(body) ?? silence;
  const details = readDetails(parseJson(body));
  const failure = classify({ message, codes, status, details });
  if (!mayWait(failure.kind)) return failure;
  const waits = details.retryAfterSeconds ?? readRetryAfter({ headers, message: body, receivedAtMs });
  return waits === undefined ? failure : { ...failure, retryAfterSeconds: waits };
}

/**
 * Reads an error that came with a good status, inside a stream or as a whole body; undefined when the value is no error.
 * `certain` says that it is one for sure, even if it does not look like it.
 */
export function readSpokenFailure(value: unknown, certain = false): UpstreamFailure | undefined {
  const spoken = readErrorBody(value);
  if (spoken === undefined && !certain) return undefined;
  const details = readDetails(value);
  const { message, codes, status } = spoken ?? silence;
  const failure = classify({ message, codes, status, details });
  const waits = mayWait(failure.kind) ? details.retryAfterSeconds : undefined;
  return waits === undefined ? failure : { ...failure, retryAfterSeconds: waits };
}

const silence: Pick<SpokenError, "message" | "codes" | "status"> = { message: "", codes: "", status: undefined };

function classify(said: Said): UpstreamFailure {
  const { message, codes, status } = said;
  const told = status === undefined ? {} : { status };
  const refused = status === undefined || status === 400 || status === 422;
  const overflow = refused ? readOverflow(message, codes) : undefined;
  if (overflow !== undefined) return { ...overflow, message, ...told };
  const parameter = refused ? readParameter(message) : undefined;
  if (parameter !== undefined) return { kind: "unsupported-parameter", message, parameter, ...told };
  if (refused && refusesSignature(message)) {
    return { kind: "invalid-request", message, parameter: "thoughtSignature", ...told };
  }
  return { kind: kindOf(said), message: message === "" ? fallback(status) : message, ...told };
}

function kindOf({ message, codes, status, details }: Said): FailureKind {
  const words = `${message} ${details.reasons} ${details.quotas}`;
  const told = tellTales.find(({ pattern }) => pattern.test(words))?.kind;
  if (told !== undefined && fits(told, status)) return told;
  const coded = codes
    .split(" ")
    .map((code) => ownValue(byCode, code))
    .find((kind) => kind !== undefined);
  if (status === undefined) return coded ?? "server-error";
  return kindOfStatus(status, coded);
}

/** A quota that is used up shows as 429 or 403, and only there is it one. */
function fits(kind: FailureKind, status: number | undefined): boolean {
  if (status === undefined) return true;
  if (kind === "quota-exhausted") return status === 429 || status === 403 || status === 402;
  return kind === "overloaded" ? status >= 429 : status < 500;
}

function mayWait(kind: FailureKind): boolean {
  return kind === "rate-limited" || kind === "overloaded" || kind === "server-error";
}

function fallback(status: number | undefined): string {
  return status === undefined
    ? "The provider reported an error without saying which."
    : `The provider answered with status ${status} and nothing readable.`;
}
