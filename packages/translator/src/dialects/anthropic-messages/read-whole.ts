import type { UpstreamFailure } from "../../messages/failure.ts";
import { noUsage } from "../../messages/usage.ts";
import { isRecord } from "../../json/is-record.ts";
import { JsonScanner } from "../../json/json-scanner.ts";
import { valueAt } from "../../json/value-at.ts";
import { isTranslatorError } from "../../errors.ts";
import type { Metered, Span, WholeAnswer } from "../dialect.ts";
import { foldStream } from "./fold-stream.ts";
import { readErrorInside } from "./read-failure.ts";
import { renameAt } from "../../messages/rename-at.ts";
import { asStopReason, mergeUsage } from "./usage.ts";

const decoder = new TextDecoder();

/**
 * Reads a whole answer of the Messages API in passing: its bytes stay as they are but for the model's name.
 * A stream that nobody asked for becomes the answer it stands for. What is no answer, whatever its status, is a failure.
 */
export function readWhole(body: Uint8Array, contentType: string, renameTo: string | undefined): WholeAnswer {
  const json = isEventStream(body, contentType) ? fold(body) : body;
  const whole = json instanceof Uint8Array ? readJson(json) : json;
  if (!whole.ok || renameTo === undefined) return whole;
  return { ...whole, body: renameAt(whole.body, ["model"], renameTo) };
}

/** JSON begins with a brace and markup with an angle; the fields and comments of an event stream do not. */
function isEventStream(body: Uint8Array, contentType: string): boolean {
  if (body[0] === 0x7b) return false;
  const first = body.find((byte) => byte > 0x20 && byte < 0x80);
  if (first === undefined || first === 0x7b || first === 0x3c) return false;
  return (
    contentType.includes("text/event-stream") ||
    /^(?:event|data|id|retry)?:/u.test(decoder.decode(body.subarray(0, 8)).trimStart())
  );
}

function fold(body: Uint8Array): Uint8Array | Failed {
  const folded = foldStream(body);
  switch (folded.state) {
    case "complete":
      return new TextEncoder().encode(JSON.stringify(folded.message));
    case "broken":
      return failed(readErrorInside(folded.error));
    case "truncated":
      return failed({ kind: "truncated", message: "The provider's stream ended before the answer was complete." });
    case "foreign":
      return failed(notAnAnswer);
  }
}

function readJson(body: Uint8Array): WholeAnswer {
  const scanner = new JsonScanner(body);
  const fields = fieldsIn(scanner);
  if (fields === undefined) return failed(body.length === 0 ? emptyAnswer : notAnAnswer);
  const { error, code, content, usage, stopReason } = fields;
  const valueOf = (span: Span | undefined): unknown => span && valueAt(scanner, span);
  if (isRecord(valueOf(error))) return failed(readErrorInside(parse(body)));
  if (content === undefined || body[content.start] !== 0x5b) {
    return failed(error === undefined && code === undefined ? notAnAnswer : readErrorInside(parse(body)));
  }
  const metered: Metered = {
    usage: mergeUsage(noUsage, valueOf(usage)),
    stopReason: asStopReason(valueOf(stopReason)),
  };
  return { ok: true, body, metered };
}

/** Where those fields of an answer stand that are looked at. */
interface AnswerFields {
  error: Span | undefined;
  code: Span | undefined;
  content: Span | undefined;
  usage: Span | undefined;
  stopReason: Span | undefined;
}

/** Undefined for what is no object. Of a field that is given twice the last one counts, as for JSON.parse. */
function fieldsIn(scanner: JsonScanner): AnswerFields | undefined {
  const fields: AnswerFields = {
    error: undefined,
    code: undefined,
    content: undefined,
    usage: undefined,
    stopReason: undefined,
  };
  try {
    scanner.members(scanner.skipSpace(0), (key, span) => {
      if (key === "content") fields.content = span;
      else if (key === "usage") fields.usage = span;
      else if (key === "stop_reason") fields.stopReason = span;
      else if (key === "error") fields.error = span;
      else if (key === "code") fields.code = span;
    });
    return fields;
  } catch (error) {
    if (isTranslatorError(error)) return undefined;
    throw error;
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

interface Failed {
  readonly ok: false;
  readonly failure: UpstreamFailure;
}

const emptyAnswer: UpstreamFailure = { kind: "malformed", message: "The provider's answer is empty." };
const notAnAnswer: UpstreamFailure = {
  kind: "malformed",
  message: "The provider's answer is not one of the Messages API; check the provider's base URL.",
};

function failed(failure: UpstreamFailure): Failed {
  return { ok: false, failure };
}
