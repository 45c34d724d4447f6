import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import { isRecord } from "../../json/is-record.ts";
import type { ErrorAnswer } from "../dialect.ts";
import { readFailure as readAwsFailure } from "../bedrock-converse/errors.ts";
import { readFailure as readGoogleFailure } from "../gemini/errors.ts";
import { relayedHeaders } from "./relayed-headers.ts";
import { readLackingFeature } from "./refused-feature.ts";
import { readFailure as readAnyFailure, readSpokenFailure } from "../openai-chat/errors.ts";
import { ownValue } from "../../json/own-value.ts";

/**
 * What an error answer of an upstream that speaks Messages means. Its body is kept as `original` where the client
 * can read it: in the API's envelope, and not about a length in words that the client does not know. The clouds in front
 * of a model answer in their own words, AWS with the exception in a header and Google with a code of its own.
 */
export function readFailure(answer: ErrorAnswer): UpstreamFailure {
  const failure = readRefusal(answer);
  const lacks = failure.status === 400 || failure.status === 422 ? readLackingFeature(failure.message) : undefined;
  // As a parameter it is remembered for the model.
  return lacks === undefined ? failure : { parameter: lacks, ...failure, kind: "unsupported-parameter" };
}

function readRefusal(answer: ErrorAnswer): UpstreamFailure {
  const { status, headers, body } = answer;
  if (headers["x-amzn-errortype"] !== undefined) return readAwsFailure(answer);
  const value = parse(body);
  if (isGoogles(value)) return readGoogleFailure(answer);
  const read = readAnyFailure(answer);
  const failure = { ...read, kind: kindOf(read.kind, { status, type: typeIn(value) }), status };
  return isForTheClient(value, failure)
    ? { ...failure, original: { status, headers: relayedHeaders(headers), body } }
    : failure;
}

/** Google's errors have a number and a name in capitals. Source: google.rpc, status.proto and code.proto. */
function isGoogles(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const error = isRecord(first) ? first["error"] : undefined;
  if (!isRecord(error) || typeof error["code"] !== "number") return false;
  return typeof error["status"] === "string" && /^[A-Z_]+$/.test(error["status"]);
}

/** What an error means that came with a good status: as an event of a stream, or in place of an answer. */
export function readErrorInside(value: unknown): UpstreamFailure {
  const read = readSpokenFailure(value, true) ?? unnamed;
  return { ...read, kind: kindOf(read.kind, { status: undefined, type: typeIn(value) }) };
}

const unnamed: UpstreamFailure = {
  kind: "server-error",
  message: "The provider reported an error without saying which.",
};

// The API's error types, where they say more than the words of the message; source: Anthropic docs, "Errors".
const kindsByType: Readonly<Record<string, FailureKind>> = {
  authentication_error: "unauthenticated",
  billing_error: "quota-exhausted",
  permission_error: "forbidden",
  not_found_error: "not-found",
  request_too_large: "too-large",
  rate_limit_error: "rate-limited",
  timeout_error: "timed-out",
  overloaded_error: "overloaded",
  policy_blocked: "content-blocked",
};

const overflows: ReadonlySet<FailureKind> = new Set(["context-overflow", "output-overflow", "max-tokens-too-large"]);

function kindOf(
  read: FailureKind,
  { status, type }: { status: number | undefined; type: string | undefined },
): FailureKind {
  // Whatever else such an answer says, it is about the gateway's credential and not the client's.
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (overflows.has(read)) return read;
  // Its words may tell more; only without a status they tell nothing else.
  if (type === "invalid_request_error") return read === "server-error" ? "invalid-request" : read;
  return ownValue(kindsByType, type ?? "") ?? read;
}

const knownOverflow =
  /prompt is too long|exceed context limit: \d+ \+ \d+ > \d+|which is the maximum allowed number of output tokens|input is too long for requested model/iu;

function isForTheClient(value: unknown, { kind, message }: UpstreamFailure): boolean {
  const error = isRecord(value) ? value["error"] : undefined;
  if (!isRecord(error) || typeof error["message"] !== "string" || typeof error["type"] !== "string") return false;
  return !overflows.has(kind) || knownOverflow.test(message);
}

function typeIn(value: unknown): string | undefined {
  const error = isRecord(value) ? value["error"] : undefined;
  const type = isRecord(error) ? error["type"] : undefined;
  return typeof type === "string" ? type : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
