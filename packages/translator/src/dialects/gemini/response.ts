import { isLoose, parseJson } from "../../json/loose.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { streamAnswer } from "../../stream/answer-stream.ts";
import { kindOfText, readWholeAnswer } from "../../stream/read-whole-answer.ts";
import type { AnswerStream, WholeAnswer } from "../dialect.ts";
import { keepNumbers } from "./exact-numbers.ts";
import { GeminiDecoder, type GeminiExchange, type WireChunk } from "./stream.ts";

/** A translator for one streamed answer. A list of chunks, as Gemini streams without `alt=sse`, is told at its end. */
export function streamGeminiAnswer(exchange: GeminiExchange): AnswerStream {
  const decoder = new GeminiDecoder(exchange, { liveTools: true });
  return streamAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) });
}

/** Translates a whole answer. A server that streams all the same is read to its end first. */
export function readWholeGeminiAnswer(exchange: GeminiExchange, body: Uint8Array, contentType: string): WholeAnswer {
  const decoder = new GeminiDecoder(exchange, { liveTools: false });
  return readWholeAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) }, body, contentType);
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
