import { expect } from "vitest";
import { readWholeConverseAnswer, streamConverseAnswer } from "../dialects/bedrock-converse/response.ts";
import type { ConverseExchange } from "../dialects/bedrock-converse/exchange.ts";
import type { Answer } from "../messages/answer.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import { awsEvent, awsException, joinBytes } from "./aws-frames.ts";
import { converseExchange } from "./converse-exchange.ts";
import { readEvents } from "./read-events.ts";
import type { StreamRun } from "./run-chat.ts";

/** An event and its payload; an exception and its message begin with "!". */
export type ConverseEvent = readonly [type: string, payload: unknown];

/** The bytes in which Bedrock would send these events. */
export function converseBytes(events: readonly ConverseEvent[]): Uint8Array {
  return joinBytes(
    ...events.map(([type, payload]) =>
      type.startsWith("!") ? awsException(type.slice(1), String(payload)) : awsEvent(type, payload),
    ),
  );
}

/** Streams events through the translation; what comes out is checked against the grammar. */
export function runConverse(
  events: readonly ConverseEvent[],
  exchange: ConverseExchange = converseExchange(),
): StreamRun {
  const stream = streamConverseAnswer(exchange);
  const bytes = [stream.push(converseBytes(events)), stream.end()];
  const told = bytes.flatMap((part) => readEvents(part));
  expect(findGrammarFault(told)).toBeUndefined();
  const answer = assembleAnswer(told);
  const { failure, committed, metered } = stream;
  return { events: told, answer, content: answer?.content, failure, committed, metered };
}

/** Translates a whole answer; fails the test when that fails. */
export function wholeConverse(body: unknown, exchange: ConverseExchange = converseExchange()): Answer {
  const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
  const whole = readWholeConverseAnswer(exchange, bytes, "application/json");
  if (!whole.ok) expect.fail(`${whole.failure.kind}: ${whole.failure.message}`);
  return JSON.parse(new TextDecoder().decode(whole.body)) as Answer;
}

/** The failure of a whole answer; fails the test when there is none. */
export function failConverse(body: string | Uint8Array, contentType = "application/json"): UpstreamFailure {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const whole = readWholeConverseAnswer(converseExchange(), bytes, contentType);
  if (whole.ok) expect.fail("the answer was taken for a good one");
  return whole.failure;
}
