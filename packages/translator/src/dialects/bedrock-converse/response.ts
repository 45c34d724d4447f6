import { encodeAnswer } from "../../messages/assemble.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { isLoose, parseJson } from "../../json/loose.ts";
import { streamAnswer } from "../../stream/answer-stream.ts";
import { awsFraming, decodeAwsEventStream } from "../../stream/aws-event-stream.ts";
import type { AnswerStream, WholeAnswer } from "../dialect.ts";
import { readSpokenFailure } from "./errors.ts";
import type { ConverseExchange } from "./exchange.ts";
import { ConverseDecoder } from "./stream.ts";

const encoder = new TextEncoder();

/** A translator for one streamed answer. One that comes whole all the same is told as a stream. */
export function streamConverseAnswer(exchange: ConverseExchange): AnswerStream {
  const decoder = new ConverseDecoder(exchange, { liveTools: true });
  return streamAnswer({ decoder, framing: awsFraming(), readWhole: (text) => tellWhole(decoder, text) });
}

/** Translates a whole answer. One that comes as a stream all the same is read to its end first. */
export function readWholeConverseAnswer(
  exchange: ConverseExchange,
  body: Uint8Array,
  contentType: string,
): WholeAnswer {
  const decoder = new ConverseDecoder(exchange, { liveTools: false });
  const streams = contentType.toLowerCase().includes("eventstream") || awsFraming().formOf(body) === "stream";
  const events = streams ? tellStream(decoder, body) : tellWhole(decoder, new TextDecoder().decode(body));
  const text = decoder.failure === undefined ? encodeAnswer(events) : undefined;
  if (text !== undefined) return { ok: true, body: encoder.encode(text), metered: decoder.metered };
  const failure = decoder.failure ?? { kind: "malformed" as const, message: "Amazon Bedrock's answer was empty." };
  return { ok: false, failure };
}

function tellStream(decoder: ConverseDecoder, body: Uint8Array): readonly StreamEvent[] {
  const frames = decodeAwsEventStream({ maxEventBytes: Math.max(body.length, 1) });
  const events: StreamEvent[] = [];
  for (const frame of frames.push(body)) events.push(...decoder.push(frame));
  events.push(...(frames.failure === undefined ? decoder.end() : decoder.fail(frames.failure)));
  return events;
}

function tellWhole(decoder: ConverseDecoder, text: string): readonly StreamEvent[] {
  const value = parseJson(text);
  const failure = readSpokenFailure(text);
  if (failure !== undefined) return decoder.fail(failure);
  if (isLoose(value)) return decoder.takeWhole(value);
  const what = text.trim() === "" ? "nothing" : text.trimStart().startsWith("<") ? "a web page" : "something";
  return decoder.fail({ kind: "malformed", message: `The provider answered with ${what} instead of JSON.` });
}
