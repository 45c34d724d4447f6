import { isLoose, parseJson } from "../../json/loose.ts";
import type { StreamEvent } from "../../messages/events.ts";
import { streamAnswer } from "../../stream/answer-stream.ts";
import { kindOfText, readWholeAnswer } from "../../stream/read-whole-answer.ts";
import type { AnswerStream, WholeAnswer } from "../dialect.ts";
import { ResponsesDecoder, type ResponsesExchange } from "./stream.ts";
import type { WireEvent, WireResponse } from "./wire.ts";

/** A translator for one streamed answer. A server that answers whole all the same is told as a stream. */
export function streamResponsesAnswer(exchange: ResponsesExchange): AnswerStream {
  const decoder = new ResponsesDecoder(exchange, { liveTools: true });
  return streamAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) });
}

/** Translates a whole answer. A server that streams all the same is read to its end first. */
export function readWholeResponsesAnswer(
  exchange: ResponsesExchange,
  body: Uint8Array,
  contentType: string,
): WholeAnswer {
  const decoder = new ResponsesDecoder(exchange, { liveTools: false });
  return readWholeAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) }, body, contentType);
}

function tellWhole(decoder: ResponsesDecoder, text: string): readonly StreamEvent[] {
  const value = parseJson(text);
  if (!isLoose<keyof WireResponse>(value)) {
    const message = `The provider answered with ${kindOfText(text)} instead of JSON.`;
    return decoder.fail({ kind: "malformed", message });
  }
  const event: WireEvent =
    value.error && !Array.isArray(value.output)
      ? { type: "error", error: value.error }
      : { type: "response.done", response: withStatus(value) };
  return [...decoder.take(event), ...decoder.end()];
}

/** The event that announces the end does not stand in for the status here: without output there is no answer. */
function withStatus(response: WireResponse): WireResponse {
  return response.status === undefined && !Array.isArray(response.output)
    ? { ...response, status: "unknown" }
    : response;
}
