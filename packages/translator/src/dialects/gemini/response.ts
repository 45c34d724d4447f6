import { isLoose, parseJson } from "../../json/loose.ts";
import { encodeAnswer } from "../../messages/assemble.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { streamAnswer } from "../../stream/answer-stream.ts";
import { decodeSse } from "../../stream/sse.ts";
import type { AnswerStream, WholeAnswer } from "../dialect.ts";
import { keepNumbers } from "./exact-numbers.ts";
import { GeminiDecoder, type GeminiExchange, type WireChunk } from "./stream.ts";

const encoder = new TextEncoder();

/** A translator for one streamed answer. A list of chunks, as Gemini streams without `alt=sse`, is told at its end. */
export function streamGeminiAnswer(exchange: GeminiExchange): AnswerStream {
  const decoder = new GeminiDecoder(exchange, { liveTools: true });
  return streamAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) });
}

/** Translates a whole answer. A server that streams all the same is read to its end first. */
export function readWholeGeminiAnswer(exchange: GeminiExchange, body: Uint8Array, contentType: string): WholeAnswer {
  const decoder = new GeminiDecoder(exchange, { liveTools: false });
  const events = isStream(body, contentType)
    ? tellStream(decoder, body)
    : tellWhole(decoder, new TextDecoder().decode(body));
  const text = decoder.failure === undefined ? encodeAnswer(events) : undefined;
  if (text !== undefined) return { ok: true, body: encoder.encode(text), metered: decoder.metered };
  const failure = decoder.failure ?? { kind: "malformed" as const, message: "The provider's answer was empty." };
  return { ok: false, failure };
}

function isStream(body: Uint8Array, contentType: string): boolean {
  if (contentType.toLowerCase().includes("text/event-stream")) return true;
  const head = new TextDecoder().decode(body.subarray(0, 64)).trimStart();
  return /^(?:data|event|id|retry)?:/.test(head);
}

function tellStream(decoder: GeminiDecoder, body: Uint8Array): readonly StreamEvent[] {
  const sse = decodeSse({ maxEventBytes: Math.max(body.length, 1) });
  const events: StreamEvent[] = [];
  for (const frames of [sse.push(body), sse.end()]) {
    for (const frame of frames) for (const event of decoder.push(frame)) events.push(event);
  }
  for (const event of decoder.end()) events.push(event);
  return events;
}

function tellWhole(decoder: GeminiDecoder, text: string): readonly StreamEvent[] {
  const value = parseJson(keepNumbers(text));
  const chunks: readonly unknown[] = Array.isArray(value) ? value : [value];
  const events: StreamEvent[] = [];
  for (const chunk of chunks) {
    if (!isLoose<keyof WireChunk>(chunk)) {
      const message = `The provider answered with ${kindOfText(text)} instead of JSON.`;
      for (const event of decoder.fail({ kind: "malformed", message })) events.push(event);
      break;
    }
    for (const event of decoder.take(chunk)) events.push(event);
  }
  for (const event of decoder.end()) events.push(event);
  return events;
}

function kindOfText(text: string): string {
  const start = text.trimStart();
  if (start === "") return "nothing";
  return start.startsWith("<") ? "a web page" : "something";
}
