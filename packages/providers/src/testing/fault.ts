/** An HTTP answer with an error status. `message` goes into the body in the shape that `body` names. */
export interface HttpErrorFault {
  readonly kind: "http-error";
  readonly status: number;
  readonly message?: string;
  /** `error.type`; the dialect's own word for the status when missing. */
  readonly type?: string;
  /** `error.code`, chat completions only. */
  readonly code?: string | number | null;
  /** "json" is the dialect's envelope, "detail" FastAPI's `{ "detail": … }`. */
  readonly body?: "json" | "detail" | "html" | "plain" | "empty" | { readonly raw: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One way in which a provider misbehaves. `afterEvents` counts the events of the stream that still arrive
 * whole. A missing `forMs` lasts until the client leaves. A refused connection is not among them, because no
 * request is seen then: see `FakeProvider.refuseConnections`.
 */
export type Fault =
  | HttpErrorFault
  | { readonly kind: "reset-before-head" }
  | { readonly kind: "reset-mid-head" }
  | { readonly kind: "silence-before-head"; readonly forMs?: number }
  | { readonly kind: "silence-mid-stream"; readonly afterEvents: number; readonly forMs?: number }
  | { readonly kind: "slow-drip"; readonly everyMs: number; readonly bytes?: number }
  | { readonly kind: "html-with-200" }
  /** Status 200 and a body that is no answer: empty, garbage, or not compressed as its headers say. */
  | { readonly kind: "body-with-200"; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: "json-error-with-200"; readonly message?: string }
  | { readonly kind: "garbage-line"; readonly afterEvents: number; readonly line?: string }
  /** The body ends properly, its last events are missing. */
  | { readonly kind: "truncated"; readonly afterEvents: number }
  /** The body ends properly in the middle of an event. */
  | { readonly kind: "half-event"; readonly afterEvents: number }
  /** TCP reset. */
  | { readonly kind: "reset-mid-stream"; readonly afterEvents: number }
  /** The connection is closed while the body still owes its last chunk. */
  | { readonly kind: "close-mid-stream"; readonly afterEvents: number }
  /** Any body, whole, streamed or of an error, of which only so many bytes arrive before the connection fails. */
  | { readonly kind: "cut-body"; readonly bytes: number; readonly how: "reset" | "close" | "silence" }
  /** From there on nothing but what keeps the connection alive: `line`, or a comment. */
  | { readonly kind: "heartbeats"; readonly afterEvents: number; readonly everyMs: number; readonly line?: string }
  /** No `[DONE]`, or no `message_stop`. */
  | { readonly kind: "no-done" }
  | { readonly kind: "no-finish" }
  | { readonly kind: "crlf" }
  | { readonly kind: "byte-at-a-time" }
  | { readonly kind: "gzip" }
  | { readonly kind: "wrong-content-type"; readonly contentType?: string }
  /** A whole answer although a stream was asked for. */
  | { readonly kind: "whole-to-stream-request" }
  /** A stream although a whole answer was asked for. */
  | { readonly kind: "stream-to-whole-request" }
  /** So many characters after the text, which then comes in one event. */
  | { readonly kind: "huge-event"; readonly chars: number }
  | {
      readonly kind: "error-mid-stream";
      readonly afterEvents: number;
      readonly message?: string;
      readonly type?: string;
      readonly code?: string | number;
    }
  /** Status 200, an event stream, and an error as its only event. */
  | { readonly kind: "error-before-content"; readonly message?: string; readonly type?: string };

/** The names of the faults. */
export type FaultKind = Fault["kind"];

/** Finds the fault of one kind among those of an answer. */
export function faultOf<K extends FaultKind>(
  fault: Fault | readonly Fault[] | undefined,
  kind: K,
): Extract<Fault, { kind: K }> | undefined {
  return faultsOf(fault).find((one): one is Extract<Fault, { kind: K }> => one.kind === kind);
}

/** All faults of an answer as a list. */
export function faultsOf(fault: Fault | readonly Fault[] | undefined): readonly Fault[] {
  if (fault === undefined) return [];
  return isList(fault) ? fault : [fault];
}

function isList(fault: Fault | readonly Fault[]): fault is readonly Fault[] {
  return Array.isArray(fault);
}
