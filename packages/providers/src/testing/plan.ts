import type { Answer } from "./answer.ts";
import { type Fault, faultOf, type HttpErrorFault } from "./fault.ts";
import type { RenderContext, Rendering } from "./rendering.ts";
import { cutShort, encodeSteps } from "./encode-steps.ts";
import { streamSteps } from "./stream-steps.ts";

/** One thing that the server does to the connection. `share` is the part of the answer's content sent by then. */
export type Step =
  | { readonly do: "head"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly do: "write"; readonly bytes: Uint8Array; readonly share: number }
  /** Bytes past HTTP, for a head that never becomes whole. */
  | { readonly do: "raw"; readonly bytes: Uint8Array }
  /** Without `ms`: until the client leaves. */
  | { readonly do: "wait"; readonly ms: number | undefined }
  /** The same bytes over and over, until the client leaves. */
  | { readonly do: "repeat"; readonly bytes: Uint8Array; readonly everyMs: number }
  | { readonly do: "end" }
  | { readonly do: "reset" }
  | { readonly do: "close" };

/** What is asked, and how its dialect is written. */
export interface Asked {
  readonly rendering: Rendering;
  readonly stream: boolean;
  readonly context: RenderContext;
}

const encoder = new TextEncoder();

/** Turns an answer into the steps that play it, faults included. Pure: nothing is sent. */
export function planAnswer(answer: Answer, asked: Asked): readonly Step[] {
  const delay: Step[] = answer.delayMs === undefined ? [] : [{ do: "wait", ms: answer.delayMs }];
  return [...delay, ...cutShort(headFault(answer, asked) ?? answerSteps(answer, asked), answer)];
}

/** Writes one JSON body as a complete answer. */
export function jsonSteps(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Step[] {
  return bodySteps(JSON.stringify(body), status, { "content-type": "application/json", ...headers });
}

function answerSteps(answer: Answer, asked: Asked): readonly Step[] {
  const wholeAnyway = asked.stream && faultOf(answer.fault, "whole-to-stream-request") !== undefined;
  const streamAnyway = !asked.stream && faultOf(answer.fault, "stream-to-whole-request") !== undefined;
  const streamed = (asked.stream || streamAnyway) && !wholeAnyway;
  const steps = streamed
    ? streamSteps(answer, asked)
    : jsonSteps(asked.rendering.whole(answer, asked.context), 200, answer.headers);
  return encodeSteps(steps, answer);
}

function headFault(answer: Answer, asked: Asked): readonly Step[] | undefined {
  if (faultOf(answer.fault, "reset-before-head")) return [{ do: "reset" }];
  if (faultOf(answer.fault, "reset-mid-head")) {
    return [{ do: "raw", bytes: encoder.encode("HTTP/1.1 200 OK\r\nContent-Ty") }, { do: "reset" }];
  }
  const httpError = faultOf(answer.fault, "http-error");
  if (httpError) return errorSteps(httpError, asked.rendering);
  if (faultOf(answer.fault, "html-with-200")) return bodySteps(html("It works!"), 200, { "content-type": "text/html" });
  const body = faultOf(answer.fault, "body-with-200");
  if (body) return bodySteps(body.body, 200, { "content-type": "application/json", ...body.headers });
  const silence = faultOf(answer.fault, "silence-before-head");
  if (silence) return silentSteps(silence, answer, asked);
  const error = faultOf(answer.fault, "json-error-with-200");
  return error && jsonSteps(asked.rendering.error({ status: 500, message: error.message ?? "the model crashed" }));
}

function silentSteps(
  silence: Extract<Fault, { kind: "silence-before-head" }>,
  answer: Answer,
  asked: Asked,
): readonly Step[] {
  const wait: Step = { do: "wait", ms: silence.forMs };
  return silence.forMs === undefined ? [wait] : [wait, ...answerSteps(answer, asked)];
}

/** The steps of an error answer, in the body shape that the fault names. */
export function errorSteps(fault: HttpErrorFault, rendering: Rendering): Step[] {
  const message = fault.message ?? `fake provider says ${fault.status}`;
  const { status, headers = {}, body = "json" } = fault;
  const words = { ...fault, message };
  if (typeof body === "object") return bodySteps(body.raw, status, { "content-type": "application/json", ...headers });
  switch (body) {
    case "json":
      return jsonSteps(rendering.error(words), status, { ...rendering.errorHeaders?.(words), ...headers });
    case "detail":
      return jsonSteps({ detail: message }, status, headers);
    case "html":
      return bodySteps(html(message), status, { "content-type": "text/html; charset=utf-8", ...headers });
    case "plain":
      return bodySteps(message, status, { "content-type": "text/plain", ...headers });
    default:
      return bodySteps("", status, headers);
  }
}

function html(words: string): string {
  return `<!DOCTYPE html>\n<html><head><title>${words}</title></head><body><h1>${words}</h1><hr>nginx</body></html>\n`;
}

function bodySteps(body: string, status: number, headers: Readonly<Record<string, string>>): Step[] {
  const bytes = encoder.encode(body);
  return [
    { do: "head", status, headers: { ...headers, "content-length": String(bytes.length) } },
    ...(bytes.length > 0 ? [{ do: "write", bytes, share: 1 } as const] : []),
    { do: "end" },
  ];
}
