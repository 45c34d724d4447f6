import type { StreamEvent } from "../../messages/events.ts";
import { streamAnswer } from "../../stream/answer-stream.ts";
import { kindOfText, readWholeAnswer } from "../../stream/read-whole-answer.ts";
import type { AnswerStream, WholeAnswer } from "../dialect.ts";
import { ChatDecoder, type ChatExchange } from "./stream.ts";
import { splitAtClosingTag } from "./think-tags.ts";
import { isLoose, listOf, loose, parseJson } from "../../json/loose.ts";
import type { WireChoice, WireChunk, WireDelta } from "./wire.ts";

/** A translator for one streamed answer. A server that answers whole all the same is told as a stream. */
export function streamChatAnswer(exchange: ChatExchange): AnswerStream {
  const decoder = new ChatDecoder(exchange, { liveTools: true });
  return streamAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) });
}

/** Translates a whole answer. A server that streams all the same is read to its end first. */
export function readWholeChatAnswer(exchange: ChatExchange, body: Uint8Array, contentType: string): WholeAnswer {
  const decoder = new ChatDecoder(exchange, { liveTools: false });
  return readWholeAnswer({ decoder, readWhole: (text) => tellWhole(decoder, text) }, body, contentType);
}

function tellWhole(decoder: ChatDecoder, text: string): readonly StreamEvent[] {
  const value = parseJson(text);
  const completion = Array.isArray(value) ? value[0] : value;
  if (!isLoose<keyof WireChunk>(completion)) {
    return decoder.fail({
      kind: "malformed",
      message: `The provider answered with ${kindOfText(text)} instead of JSON.`,
    });
  }
  return [...decoder.take(withoutLoneTag(completion)), ...decoder.end()];
}

/** Some chat templates write `<think>` themselves, so that only the closing tag is part of the answer. */
function withoutLoneTag(completion: WireChunk): WireChunk {
  const choice = loose<keyof WireChoice>(listOf(completion.choices)[0]);
  const message = loose<keyof WireDelta>(choice.message);
  if (typeof message.content !== "string" || message.reasoning_content || message.reasoning) return completion;
  const parts = splitAtClosingTag(message.content);
  if (parts === undefined) return completion;
  const split = { ...message, content: parts.text, reasoning_content: parts.thinking };
  return { ...completion, choices: [{ ...choice, message: split }] };
}
