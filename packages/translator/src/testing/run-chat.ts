import { expect } from "vitest";
import type { ContentBlock } from "../messages/content.ts";
import type { StreamEvent } from "../messages/events.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import type { Answer } from "../messages/answer.ts";
import type { Metered } from "../dialects/dialect.ts";
import { readWholeChatAnswer, streamChatAnswer } from "../dialects/openai-chat/response.ts";
import type { ChatExchange } from "../dialects/openai-chat/stream.ts";
import { chatExchange } from "./chat-exchange.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import { readEvents } from "./read-events.ts";

/** What came of a streamed chat answer. */
export interface StreamRun {
  readonly events: readonly StreamEvent[];
  readonly answer: Answer | undefined;
  readonly content: readonly ContentBlock[] | undefined;
  readonly failure: UpstreamFailure | undefined;
  readonly committed: boolean;
  readonly metered: Metered;
}

/** A chunk of a chat stream with one choice. */
export function chunk(delta: unknown, finish: string | null = null, more: object = {}): object {
  return { choices: [{ index: 0, delta, finish_reason: finish }], ...more };
}

/** Frames values as a server would, closed by `[DONE]`; strings stand as they are. */
export function frames(...values: readonly (object | string)[]): string {
  return values.map((value) => (typeof value === "string" ? value : `data: ${JSON.stringify(value)}\n\n`)).join("");
}

/** Streams what a server sent through the translation; the events are checked against the grammar. */
export function runStream(text: string, exchange: ChatExchange = chatExchange()): StreamRun {
  const stream = streamChatAnswer(exchange);
  const bytes = [stream.push(new TextEncoder().encode(text)), stream.end()];
  const events = bytes.flatMap((part) => readEvents(part));
  expect(findGrammarFault(events)).toBeUndefined();
  const answer = assembleAnswer(events);
  const { failure, committed, metered } = stream;
  return { events, answer, content: answer?.content, failure, committed, metered };
}

/** Streams chunks, then `[DONE]`. */
export function runChunks(chunks: readonly object[], exchange?: ChatExchange): StreamRun {
  return runStream(frames(...chunks, "data: [DONE]\n\n"), exchange);
}

/** Translates a whole completion; fails the test when that fails. */
export function runWhole(completion: unknown, exchange: ChatExchange = chatExchange()): Answer {
  const body = new TextEncoder().encode(typeof completion === "string" ? completion : JSON.stringify(completion));
  const whole = readWholeChatAnswer(exchange, body, "application/json");
  if (!whole.ok) expect.fail(`${whole.failure.kind}: ${whole.failure.message}`);
  return JSON.parse(new TextDecoder().decode(whole.body)) as Answer;
}

/** The failure of a whole answer; fails the test when there is none. */
export function failWhole(text: string, exchange: ChatExchange = chatExchange()): UpstreamFailure {
  const whole = readWholeChatAnswer(exchange, new TextEncoder().encode(text), "application/json");
  if (whole.ok) expect.fail("the answer was taken for a good one");
  return whole.failure;
}
