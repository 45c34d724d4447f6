import { isLoose, listOf, loose, parseJson, stringOf } from "../../json/loose.ts";

/** What an error body says, whatever its shape. */
export interface SpokenError {
  readonly message: string;
  /** Codes and types, lower case, joined by spaces, e.g. `insufficient_quota` or `invalid_request_error unsupported_value`. */
  readonly codes: string;
  /** A status inside the body, where providers put what HTTP no longer could say. */
  readonly status: number | undefined;
  readonly parameter: string | undefined;
  /** Numbers that some servers give beside the words (llama.cpp: `n_prompt_tokens`, `n_ctx`). */
  readonly inputTokens: number | undefined;
  readonly limitTokens: number | undefined;
}

type ErrorKey =
  | "error"
  | "errors"
  | "message"
  | "msg"
  | "detail"
  | "code"
  | "type"
  | "status"
  | "param"
  | "metadata"
  | "error_msg"
  | "n_prompt_tokens"
  | "n_ctx";

const maxMessageLength = 2_000;
const secret = /\b(?:sk|pk|rk|gsk|xai|key|hf|nvapi|AIza)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+[\w.-]{8,}/gi;

/** Reads an error out of parsed JSON; undefined when nothing in it looks like one. */
export function readErrorBody(value: unknown): SpokenError | undefined {
  const body = Array.isArray(value) ? loose<ErrorKey>(value[0]) : loose<ErrorKey>(value);
  const inner = body.error ?? listOf(body.errors)[0];
  const error = isLoose<ErrorKey>(inner) ? inner : body;
  const message = unwrapRaw(error) ?? stringOf(inner) ?? messageIn(error) ?? messageIn(body);
  if (message === undefined && inner === undefined && error.code === undefined) return undefined;
  return {
    message: clean(message ?? ""),
    codes: codesOf(body, error),
    status: firstStatus(error.code, error.status, body.code, body.status),
    parameter: stringOf(error.param),
    inputTokens: numberOf(error.n_prompt_tokens),
    limitTokens: numberOf(error.n_ctx),
  };
}

/** Reads the body of an error answer: JSON of any shape, or plain text. Markup says nothing that helps. */
export function readErrorText(text: string): SpokenError | undefined {
  const spoken = readErrorBody(parseJson(text));
  if (spoken !== undefined) return spoken;
  const plain = text.trim();
  if (plain === "" || plain.startsWith("<")) return undefined;
  const nothing = { status: undefined, parameter: undefined, inputTokens: undefined, limitTokens: undefined };
  return { message: clean(plain), codes: "", ...nothing };
}

// OpenRouter puts the real provider's own answer into `metadata.raw`, as text.
function unwrapRaw(error: { readonly metadata?: unknown; readonly message?: unknown }): string | undefined {
  const raw = stringOf(loose<"raw">(error.metadata).raw);
  if (raw === undefined) return undefined;
  const inner = readErrorBody(parseJson(raw))?.message;
  if (inner !== undefined && inner !== "") return inner;
  return raw.trimStart().startsWith("<") ? undefined : raw;
}

function messageIn(error: { readonly [Key in ErrorKey]?: unknown }): string | undefined {
  const { detail } = error;
  return (
    stringOf(error.message) ?? stringOf(error.msg) ?? stringOf(error.error_msg) ?? stringOf(detail) ?? inDetail(detail)
  );
}

// FastAPI: `{ detail: [{ loc: ["body", "max_tokens"], msg }] }`; others nest an error in it.
function inDetail(detail: unknown): string | undefined {
  if (isLoose<ErrorKey>(detail)) return stringOf(detail.message) ?? stringOf(detail.msg) ?? stringOf(detail.error);
  const problems = listOf(detail).map((item) => {
    const { loc, msg } = loose<"loc" | "msg">(item);
    return [listOf(loc).slice(1).join("."), stringOf(msg)].filter(Boolean).join(": ");
  });
  return problems.length === 0 ? undefined : problems.join("; ");
}

function codesOf(...objects: readonly { readonly [Key in "code" | "type" | "status"]?: unknown }[]): string {
  const codes = objects.flatMap(({ code, type, status }) => [code, type, status]);
  return codes
    .filter((code) => typeof code === "string" || typeof code === "number")
    .join(" ")
    .toLowerCase();
}

function firstStatus(...values: readonly unknown[]): number | undefined {
  return values.map((value) => numberOf(value)).find((value) => value !== undefined && value >= 400 && value <= 599);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

// "Incorrect API key provided: sk-…": part of a credential is still more than a client should read.
function clean(message: string): string {
  return message.trim().slice(0, maxMessageLength).replace(secret, "[credential]");
}
