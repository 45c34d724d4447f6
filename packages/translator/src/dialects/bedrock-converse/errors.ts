import { isLoose, loose, parseJson, stringOf } from "../../json/loose.ts";
import type { FailureKind, UpstreamFailure } from "../../messages/failure.ts";
import type { ErrorAnswer } from "../dialect.ts";
import { kindOfStatus } from "../kind-of-status.ts";
import { readErrorText } from "../openai-chat/error-body.ts";
import { readRetryAfter } from "../retry-after.ts";
import { readConverseOverflow } from "./overflow.ts";
import { readRefusedField } from "./refused-field.ts";

interface Said {
  /** The exception, lower case and without what stands around it, e.g. `throttlingexception`. */
  readonly type: string;
  readonly message: string;
  readonly status: number | undefined;
}

/**
 * What each exception means. Sources: the errors of Converse in the API reference of Amazon Bedrock, and "Common error
 * types", for those of the service in front of it.
 */
const byType: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ["throttlingexception", "rate-limited"],
  ["toomanyrequestsexception", "rate-limited"],
  ["servicequotaexceededexception", "quota-exhausted"],
  ["accessdeniedexception", "forbidden"],
  ["unrecognizedclientexception", "unauthenticated"],
  ["invalidsignatureexception", "unauthenticated"],
  ["incompletesignatureexception", "unauthenticated"],
  ["expiredtokenexception", "unauthenticated"],
  ["missingauthenticationtokenexception", "unauthenticated"],
  ["missingauthenticationtoken", "unauthenticated"],
  ["invalidclienttokenid", "unauthenticated"],
  ["resourcenotfoundexception", "not-found"],
  ["unknownoperationexception", "not-found"],
  ["modelnotreadyexception", "overloaded"],
  ["serviceunavailableexception", "overloaded"],
  ["modeltimeoutexception", "timed-out"],
  ["internalserverexception", "server-error"],
  ["internalfailure", "server-error"],
  ["modelerrorexception", "server-error"],
  ["modelstreamerrorexception", "server-error"],
  ["validationexception", "invalid-request"],
]);

/** Bedrock's status for a model that failed. */
const ownStatus: Readonly<Record<number, FailureKind>> = { 424: "server-error" };

/** Words that tell more than the exception. */
const tellTales: readonly { readonly from: FailureKind; readonly to: FailureKind; readonly pattern: RegExp }[] = [
  // "Too many tokens per day, please wait before trying again."
  { from: "rate-limited", to: "quota-exhausted", pattern: /per day|daily/i },
  { from: "rate-limited", to: "overloaded", pattern: /system is (?:currently )?(?:overloaded|experiencing)/i },
  {
    from: "forbidden",
    to: "unauthenticated",
    pattern: /security token|bearer token|api key|authentication failed|credential|token (?:is|has) expired/i,
  },
  {
    from: "invalid-request",
    to: "not-found",
    pattern: /model identifier is invalid|model (?:id|identifier).{0,40}(?:not found|does not exist)|end of its life/i,
  },
  { from: "invalid-request", to: "content-blocked", pattern: /blocked by (?:our )?content filter|responsible ai/i },
  { from: "server-error", to: "overloaded", pattern: /overloaded|too many requests/i },
];

const sayings: Readonly<Partial<Record<FailureKind, string>>> = {
  "rate-limited": "Amazon Bedrock asks to send fewer requests.",
  overloaded: "Amazon Bedrock is overloaded.",
  "not-found": "Amazon Bedrock knows no such model or path; check the model's id and the region in the base URL.",
  "too-large": "The request is larger than Amazon Bedrock takes.",
  "timed-out": "The model at Amazon Bedrock took too long.",
  "quota-exhausted": "The AWS account has no quota left for this model.",
};

/** Says what an error answer of Amazon Bedrock means. */
export function readFailure({ status, headers, body, receivedAtMs }: ErrorAnswer): UpstreamFailure {
  const said = readSaid(headers["x-amzn-errortype"], body, status);
  const failure = classify(said);
  if (!mayWait(failure.kind)) return failure;
  const retryAfterSeconds = readRetryAfter({ headers, message: said.message, receivedAtMs });
  return retryAfterSeconds === undefined ? failure : { ...failure, retryAfterSeconds };
}

/** Reads an exception in the middle of a stream: its type and the JSON that came with it. */
export function readException(type: string, data: string): UpstreamFailure {
  return classify(readSaid(type, data, undefined));
}

/** Reads an error that came with a good status; undefined when the value is none. */
export function readSpokenFailure(body: string): UpstreamFailure | undefined {
  const said = readSaid(undefined, body, undefined);
  return said.type === "" ? undefined : classify(said);
}

// `ThrottlingException:http://internal.amazon.com/…`, `com.amazon.coral.validate#ValidationException`
function readSaid(type: string | undefined, body: string, status: number | undefined): Said {
  const value = parseJson(body);
  const error = loose<"__type" | "Output" | "originalMessage" | "code" | "message">(value);
  const inner = loose<"__type">(error.Output);
  const told = type ?? stringOf(error.__type) ?? stringOf(inner.__type) ?? stringOf(error.code) ?? "";
  const spoken = isLoose(value) && !speaks(value) ? "" : (readErrorText(upperMessage(value) ?? body)?.message ?? "");
  return {
    type: told.replace(/^.*#/, "").replace(/:.*$/s, "").toLowerCase(),
    message: stringOf(error.originalMessage) ?? spoken,
    status,
  };
}

function speaks(value: object): boolean {
  return "message" in value || "Message" in value || "error" in value;
}

// Some of AWS's services write `Message`.
function upperMessage(value: unknown): string | undefined {
  if (!isLoose<"Message" | "message">(value) || value.message !== undefined) return undefined;
  const message = stringOf(value.Message);
  return message === undefined ? undefined : JSON.stringify({ message });
}

function classify(said: Said): UpstreamFailure {
  return overflow(said) ?? refusedField(said) ?? plain(said);
}

const requestFaults = new Set(["", "validationexception", "modelerrorexception", "modelstreamerrorexception"]);

function overflow({ type, status, message }: Said): UpstreamFailure | undefined {
  if (!requestFaults.has(type) || status === 429) return undefined;
  const found = readConverseOverflow(message);
  return found === undefined ? undefined : { ...found, message, ...(status !== undefined && { status }) };
}

function refusedField({ type, status, message }: Said): UpstreamFailure | undefined {
  if (!requestFaults.has(type) && type !== "accessdeniedexception") return undefined;
  const parameter = readRefusedField(message);
  if (parameter === undefined) return undefined;
  return { kind: "unsupported-parameter", message, parameter, ...(status !== undefined && { status }) };
}

function plain({ type, status, message }: Said): UpstreamFailure {
  const first = byType.get(type) ?? kindByStatus(status);
  const kind = tellTales.find(({ from, pattern }) => from === first && pattern.test(message))?.to ?? first;
  const told = message === "" ? (sayings[kind] ?? fallback(status)) : message;
  return { kind, message: told, ...(status !== undefined && { status }) };
}

function kindByStatus(status: number | undefined): FailureKind {
  if (status === undefined) return "server-error";
  return ownStatus[status] ?? kindOfStatus(status);
}

function mayWait(kind: FailureKind): boolean {
  return kind === "rate-limited" || kind === "overloaded" || kind === "server-error";
}

function fallback(status: number | undefined): string {
  return status === undefined
    ? "Amazon Bedrock reported an error without saying which."
    : `Amazon Bedrock answered with status ${status} and nothing readable.`;
}
