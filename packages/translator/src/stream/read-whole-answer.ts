import type { StreamEvent } from "../messages/events.ts";
import { encodeAnswer } from "../messages/assemble.ts";
import type { WholeAnswer } from "../dialects/dialect.ts";
import type { EventDecoder } from "./answer-stream.ts";
import { decodeSse } from "./sse.ts";

const encoder = new TextEncoder();

/** How a dialect's whole answers are read. */
export interface WholeReading {
  readonly decoder: EventDecoder;
  /** Reads the text of an answer that is one document. */
  readonly readWhole: (text: string) => Iterable<StreamEvent>;
}

/** Translates a whole answer. A server that streams all the same is read to its end first. */
export function readWholeAnswer(reading: WholeReading, body: Uint8Array, contentType: string): WholeAnswer {
  const { decoder, readWhole } = reading;
  const events = isStream(body, contentType) ? readStream(decoder, body) : readWhole(new TextDecoder().decode(body));
  const text = decoder.failure === undefined ? encodeAnswer(events) : undefined;
  if (text !== undefined && decoder.failure === undefined) {
    return { ok: true, body: encoder.encode(text), metered: decoder.metered };
  }
  return { ok: false, failure: decoder.failure ?? { kind: "malformed", message: "The provider's answer was empty." } };
}

/** What a text that is no JSON seems to be, for the sentence that says so. */
export function kindOfText(text: string): string {
  const start = text.trimStart();
  if (start === "") return "nothing";
  return start.startsWith("<") ? "a web page" : "something";
}

function isStream(body: Uint8Array, contentType: string): boolean {
  if (contentType.toLowerCase().includes("text/event-stream")) return true;
  const head = new TextDecoder().decode(body.subarray(0, 64)).trimStart();
  return /^(?:data|event|id|retry)?:/.test(head);
}

function readStream(decoder: EventDecoder, body: Uint8Array): readonly StreamEvent[] {
  const sse = decodeSse({ maxEventBytes: Math.max(body.length, 1) });
  const events: StreamEvent[] = [];
  for (const frames of [sse.push(body), sse.end()]) {
    for (const frame of frames) for (const event of decoder.push(frame)) events.push(event);
  }
  for (const event of decoder.end()) events.push(event);
  return events;
}
