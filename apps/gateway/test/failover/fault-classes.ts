import type { Fault } from "@drawbridge/providers/testing";

/** One way in which a target fails before its first content. */
export interface FaultClass {
  readonly name: string;
  readonly fault?: Fault | readonly Fault[];
  /** Instead of the fake provider's address. */
  readonly baseUrl?: (ports: BadPorts) => string;
  /** Only streams, or only whole answers, can fail like that. */
  readonly only?: "stream" | "whole";
  /** Only for dialects of named or numbered events that begin with a head: chat completions and Messages. */
  readonly isCommon?: true;
  /** It looks like a connection that the provider had closed before. */
  readonly mayBeStale?: true;
}

/** Ports at which something else is than a provider. */
export interface BadPorts {
  /** Nothing listens. */
  readonly closed: number;
  /** Closes each connection at once. */
  readonly closing: number;
  /** Greets like a mail server. */
  readonly greeting: number;
  /** Speaks HTTP without TLS. */
  readonly plain: number;
}

const error = (status: number, more: object = {}): Fault => ({ kind: "http-error", status, ...more });
const at = (ports: BadPorts, name: keyof BadPorts): string => `http://127.0.0.1:${ports[name]}`;
const statuses = [408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529];
const quota = "You exceeded your current quota, please check your plan and billing details.";
const ping = 'event: ping\ndata: {"type":"ping"}';
const heart = { kind: "heartbeats", everyMs: 50 } as const;

const connecting: readonly FaultClass[] = [
  { name: "refuses connections", baseUrl: (ports) => at(ports, "closed") },
  { name: "has a host name that DNS does not know", baseUrl: () => "http://nobody.invalid" },
  { name: "does not speak TLS", baseUrl: (ports) => `https://127.0.0.1:${ports.plain}` },
  { name: "closes each connection at once", baseUrl: (ports) => at(ports, "closing") },
  { name: "does not speak HTTP", baseUrl: (ports) => at(ports, "greeting") },
  { name: "resets before the head", fault: { kind: "reset-before-head" }, mayBeStale: true },
  { name: "resets within the head", fault: { kind: "reset-mid-head" } },
  { name: "is silent before the head", fault: { kind: "silence-before-head" } },
];

const answering: readonly FaultClass[] = [
  ...statuses.map((status) => ({ name: `answers ${status}`, fault: error(status) })),
  { name: "answers 429 with a reset", fault: error(429, { headers: { "retry-after": "30" } }) },
  { name: "has no quota left", fault: error(429, { message: quota, code: "insufficient_quota" }) },
  { name: "wants money", fault: error(402) },
  { name: "refuses the credential", fault: error(401) },
  { name: "forbids it", fault: error(403) },
  { name: "fails in HTML", fault: error(502, { body: "html" }) },
  { name: "fails in plain text", fault: error(503, { body: "plain" }) },
  { name: "fails without a word", fault: error(500, { body: "empty" }) },
  { name: "resets within its error", fault: [error(500), { kind: "cut-body", bytes: 9, how: "reset" }] },
  { name: "stalls within its error", fault: [error(503), { kind: "cut-body", bytes: 9, how: "silence" }] },
  { name: "answers HTML with 200", fault: { kind: "html-with-200" } },
  { name: "answers an error with 200", fault: { kind: "json-error-with-200" } },
  { name: "answers nothing with 200", fault: { kind: "body-with-200", body: "" } },
  { name: "answers garbage with 200", fault: { kind: "body-with-200", body: "%&/( LEAK" } },
  { name: "answers null with 200", fault: { kind: "body-with-200", body: "null" } },
  { name: "answers other JSON with 200", fault: { kind: "body-with-200", body: '{"say":"LEAK"}' } },
  {
    name: "answers what is not compressed as it says",
    fault: { kind: "body-with-200", body: "LEAK", headers: { "content-encoding": "gzip" } },
  },
  {
    name: "answers in an encoding that nobody knows",
    fault: { kind: "body-with-200", body: "LEAK", headers: { "content-encoding": "rot13" } },
  },
  { name: "redirects", fault: error(302, { headers: { location: "http://127.0.0.1:9/" } }) },
];

const cut = (how: "reset" | "close" | "silence"): Fault => ({ kind: "cut-body", bytes: 30, how });

const wholly: readonly FaultClass[] = [
  { name: "resets within its answer", fault: cut("reset"), only: "whole" },
  { name: "closes within its answer", fault: cut("close"), only: "whole" },
  { name: "stalls within its answer", fault: cut("silence"), only: "whole" },
];

const streaming: readonly FaultClass[] = [
  { name: "sends an error as its first event", fault: { kind: "error-before-content" } },
  { name: "ends its stream before its first event", fault: { kind: "truncated", afterEvents: 0 } },
  { name: "ends its stream after its head", fault: { kind: "truncated", afterEvents: 1 }, isCommon: true },
  { name: "resets after its head", fault: { kind: "reset-mid-stream", afterEvents: 1 }, isCommon: true },
  { name: "closes after its head", fault: { kind: "close-mid-stream", afterEvents: 1 }, isCommon: true },
  { name: "sends half an event", fault: { kind: "half-event", afterEvents: 0 } },
  { name: "fails after its head", fault: { kind: "error-mid-stream", afterEvents: 1 }, isCommon: true },
  { name: "falls silent before its first event", fault: { kind: "silence-mid-stream", afterEvents: 0 } },
  { name: "falls silent after its head", fault: { kind: "silence-mid-stream", afterEvents: 1 }, isCommon: true },
  { name: "sends only comments", fault: { ...heart, afterEvents: 0 }, isCommon: true },
  { name: "sends only comments after its head", fault: { ...heart, afterEvents: 1 }, isCommon: true },
  { name: "sends only pings", fault: { ...heart, afterEvents: 1, line: ping }, isCommon: true },
  {
    name: "streams something else",
    fault: { kind: "body-with-200", body: "data: LEAK\n\n", headers: { "content-type": "text/event-stream" } },
    isCommon: true,
  },
].map((one) => ({ ...one, only: "stream" }) as FaultClass);

/** Failures after which another target is to answer: the client sees nothing of them. */
export const movingFaults: readonly FaultClass[] = [...connecting, ...answering, ...wholly, ...streaming];

const overflow = "This model's maximum context length is 10 tokens. However, your messages resulted in 20 tokens.";

/** Failures that are the request's own: told at once, and nobody else is asked. */
export const tellingFaults: readonly FaultClass[] = [
  { name: "finds the request wrong", fault: error(400, { message: "messages.0: what is this?" }) },
  { name: "finds the prompt too long", fault: error(400, { message: overflow }) },
  { name: "does not know the model", fault: error(404, { message: "no such model" }) },
  { name: "finds the body too large", fault: error(413), isCommon: true },
  { name: "cannot process the request", fault: error(422, { message: "cannot be processed" }), isCommon: true },
  {
    name: "filters the prompt",
    fault: error(400, { message: "The content was filtered.", code: "content_filter" }),
  },
];

/** Failures of streams that have begun to say something. */
export const lateFaults: readonly FaultClass[] = [
  { name: "ends without a finish", fault: { kind: "truncated", afterEvents: 5 } },
  { name: "resets", fault: { kind: "reset-mid-stream", afterEvents: 5 } },
  { name: "closes its connection", fault: { kind: "close-mid-stream", afterEvents: 5 } },
  { name: "ends in the middle of an event", fault: { kind: "half-event", afterEvents: 5 } },
  { name: "falls silent", fault: { kind: "silence-mid-stream", afterEvents: 5 } },
  { name: "sends only comments", fault: { ...heart, afterEvents: 5 }, isCommon: true },
  { name: "sends only pings", fault: { ...heart, afterEvents: 5, line: ping }, isCommon: true },
  { name: "sends an error", fault: { kind: "error-mid-stream", afterEvents: 5 } },
  { name: "says that it is overloaded", fault: { kind: "error-mid-stream", afterEvents: 5, type: "overloaded_error" } },
  { name: "leaves its finish out", fault: [{ kind: "no-finish" }, { kind: "no-done" }] },
  { name: "is cut anywhere", fault: { kind: "cut-body", bytes: 2_000, how: "close" }, isCommon: true },
];
