import type { OutgoingHttpHeaders } from "node:http";
import type { Dropped } from "@drawbridge/translator";
import type { Exchange } from "./exchange.ts";
import { headroomHeaders } from "./headroom-headers.ts";

/** Proxies refuse answers whose headers are larger than a few KB. */
const droppedLimit = 1_000;

/**
 * `headers`, with those filled in that every answer carries: its id, what is left of the limits that it counts in and, once a
 * provider is chosen, where it came from and what was left out.
 */
export function answerHeaders(exchange: Exchange, headers: OutgoingHttpHeaders = {}): OutgoingHttpHeaders {
  const { id, client, notes, services } = exchange;
  // Filled in and not put together: each object that is copied into another costs as much as all of these.
  if (notes.head?.relayed !== undefined) Object.assign(headers, notes.head.relayed);
  headers[client.requestIdHeader] = id;
  if (notes.provider !== undefined) headers["x-drawbridge-provider"] = headerText(notes.provider);
  if (notes.model !== undefined) headers["x-drawbridge-model"] = headerText(notes.model);
  if (notes.principal !== undefined) {
    const remaining = services.governance.remaining(notes.principal);
    if (remaining.length > 0) Object.assign(headers, headroomHeaders(remaining));
  }
  if (notes.dropped.length > 0) headers["x-drawbridge-dropped"] = droppedText(notes.dropped);
  return headers;
}

const ofStreams: OutgoingHttpHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no",
};

/** Headers of a streamed answer. Proxies must neither store nor buffer it. */
export function streamHeaders(exchange: Exchange): OutgoingHttpHeaders {
  return answerHeaders(exchange, { ...ofStreams });
}

function droppedText(dropped: readonly Dropped[]): string {
  const paths = [...new Set(dropped.map(({ path }) => headerText(path)))];
  let text = "";
  for (const [index, path] of paths.entries()) {
    const next = index === 0 ? path : `${text}, ${path}`;
    if (next.length > droppedLimit) return `${text}, and ${paths.length - index} more`;
    text = next;
  }
  return text;
}

/** Header values are bytes: whatever is not printable ASCII is percent-encoded. */
function headerText(text: string): string {
  // Nearly no text has any.
  if (isPrintable(text)) return text;
  return text.replaceAll(/[^\x20-\x7e]+/gu, (odd) => encodeURIComponent(odd.toWellFormed()));
}

/** No expression: in a loop it takes as long, but its code is seldom in the caches when a request comes. */
function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}
