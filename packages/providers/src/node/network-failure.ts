import type { UpstreamFailure } from "@drawbridge/translator";
import { isProviderError } from "../errors.ts";
import type { Deadlines } from "../transport.ts";

/** Where a call stood when it broke. */
export type Phase =
  | "connecting" // no byte of the request has been written
  | "waiting" // the request is written, no byte of the answer has come
  | "head" // the answer has begun, its head is not complete
  | "body";

/** What is known of a broken call apart from the error itself. */
export interface Breakdown {
  /** Scheme, host and port of the provider: all of its address that may be told. */
  readonly origin: string;
  readonly phase: Phase;
  readonly deadlines: Deadlines;
}

/** Says what an error of undici, of a socket, of DNS or of TLS means. Names the origin, never path, query or headers. */
export function networkFailure(error: unknown, breakdown: Breakdown): UpstreamFailure {
  if (isProviderError(error)) return error.failure;
  const code = errorCode(error);
  return (
    timeoutFailure(code, breakdown) ??
    protocolFailure(code, breakdown) ??
    connectFailure(code, breakdown) ??
    brokenConnection(code, breakdown)
  );
}

/** The failure that a deadline makes, in the words for that deadline. */
export function deadlineFailure(deadline: keyof Deadlines, { origin, deadlines, phase }: Breakdown): UpstreamFailure {
  const seconds = `${deadlines[deadline] / 1000} s`;
  const messages = {
    connectMs: `${origin} did not accept a connection within ${seconds}; check the address and the network`,
    firstByteMs: `${origin} took the request but began no answer within ${seconds}`,
    idleMs: `${origin} sent nothing for ${seconds} in the middle of its answer`,
    totalMs: `the answer of ${origin} was not complete within ${seconds}`,
  };
  const uncertain = deadline === "firstByteMs" || (deadline === "totalMs" && phase === "waiting");
  return { kind: "timed-out", message: messages[deadline], ...(uncertain && { uncertain }) };
}

/** The failure of a call that its own caller gave up. */
export function cancelledFailure(origin: string): UpstreamFailure {
  return { kind: "cancelled", message: `the request to ${origin} was cancelled` };
}

/** True when a connection broke, as an idle one does that the server has closed meanwhile. */
export function isBrokenConnection(error: unknown): boolean {
  return brokenCodes.has(errorCode(error));
}

const brokenCodes = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "ECONNABORTED", "ENOTCONN"]);

/** The code of an error or of what caused it. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  // undici loses the parser's code on the way; the end of the stream inside an answer is told by its words only.
  if (error.name === "HTTPParserError") return /\bEOF\b/.test(error.message) ? "HPE_INVALID_EOF_STATE" : "HPE_OTHER";
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error.cause);
}

function timeoutFailure(code: string, breakdown: Breakdown): UpstreamFailure | undefined {
  if (code === "UND_ERR_CONNECT_TIMEOUT") return deadlineFailure("connectMs", breakdown);
  if (code !== "ETIMEDOUT") return undefined;
  if (breakdown.phase === "connecting") return deadlineFailure("connectMs", breakdown);
  return { kind: "timed-out", message: `the network connection to ${breakdown.origin} timed out` };
}

function protocolFailure(code: string, { origin, phase }: Breakdown): UpstreamFailure | undefined {
  // What the parser says when the stream stops inside an answer: nothing is wrong but the end.
  if (code === "HPE_INVALID_EOF_STATE" || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return undefined;
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return { kind: "malformed", message: `${origin} answered with more than 16 KB of headers` };
  }
  if (code.startsWith("HPE_")) {
    const where = phase === "body" ? "broke the rules of HTTP in the middle of its answer" : "does not answer in HTTP";
    return {
      kind: "malformed",
      message: `${origin} ${where}; check that the base URL has the right port and protocol`,
    };
  }
  if (code === "UND_ERR_INVALID_ARG") {
    return { kind: "invalid-request", message: `the request to ${origin} has a path or header that HTTP cannot carry` };
  }
  if (code === "UND_ERR_CLOSED" || code === "UND_ERR_DESTROYED") {
    return { kind: "cancelled", message: `the request to ${origin} came while the transport was closing` };
  }
  return undefined;
}

function connectFailure(code: string, { origin, phase }: Breakdown): UpstreamFailure | undefined {
  const unreachable = (message: string): UpstreamFailure => ({ kind: "unreachable", message });
  if (isTlsCode(code)) {
    return unreachable(`${origin} cannot be reached over TLS (${code}); check its certificate, or http against https`);
  }
  const why = reasons.get(code);
  if (why !== undefined) return unreachable(`${origin} cannot be reached: ${why}`);
  if (phase !== "connecting") return undefined;
  if (brokenCodes.has(code)) return unreachable(`${origin} cannot be reached: it closed the connection at once`);
  return unreachable(`${origin} cannot be reached${code === "" ? "" : ` (${code})`}; is it running?`);
}

const reasons = new Map([
  ["ECONNREFUSED", "nothing listens there (connection refused); is it running?"],
  ["ENOTFOUND", "its host name is unknown to DNS; check the base URL, or the region, resource or account that make it"],
  ["EAI_AGAIN", "DNS gives no answer for its host name; check the network"],
  ["EHOSTUNREACH", "there is no route to the host; check the network"],
  ["ENETUNREACH", "there is no route to its network; check the network"],
  ["EADDRNOTAVAIL", "no local address or port is left to connect from"],
  ["EMFILE", "the gateway has no file descriptors left; raise its limit"],
]);

function isTlsCode(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|CRL_)|CERT|^UNABLE_TO_|^INVALID_CA$|^HOSTNAME_MISMATCH$/.test(code);
}

function brokenConnection(code: string, { origin, phase }: Breakdown): UpstreamFailure {
  const when = {
    connecting: "while connecting",
    waiting: "before it answered",
    head: "in the middle of the headers of its answer",
    body: "in the middle of its answer",
  };
  const suffix = code === "" || code === "UND_ERR_SOCKET" ? "" : ` (${code})`;
  const message = `${origin} closed the connection ${when[phase]}${suffix}`;
  return { kind: "reset", message, ...(phase === "waiting" && { uncertain: true }) };
}
