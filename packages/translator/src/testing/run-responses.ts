import { expect } from "vitest";
import { readWholeResponsesAnswer, streamResponsesAnswer } from "../dialects/openai-responses/response.ts";
import type { ResponsesExchange } from "../dialects/openai-responses/stream.ts";
import type { Answer } from "../messages/answer.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import type { MessagesRequest } from "../messages/request.ts";
import { chatExchange } from "./chat-exchange.ts";
import { readEvents } from "./read-events.ts";
import type { StreamRun } from "./run-chat.ts";

/** An exchange of the Responses dialect with thinking on and Claude Code's commonest tools. */
export function responsesExchange(
  request: Partial<MessagesRequest> = {},
  overrides: Partial<ResponsesExchange> = {},
): ResponsesExchange {
  return { ...chatExchange(request), ...overrides };
}

/** Frames events as a server of the Responses API would. */
export function responsesFrames(...events: readonly object[]): string {
  return events
    .map((event) => {
      const name = "type" in event ? `event: ${String(event.type)}\n` : "";
      return `${name}data: ${JSON.stringify(event)}\n\n`;
    })
    .join("");
}

/** Streams events through the translation; what comes out is checked against the grammar. */
export function runResponses(
  events: readonly object[] | string,
  exchange: ResponsesExchange = responsesExchange(),
): StreamRun {
  const stream = streamResponsesAnswer(exchange);
  const text = typeof events === "string" ? events : responsesFrames(...events);
  const bytes = [stream.push(new TextEncoder().encode(text)), stream.end()];
  const written = bytes.flatMap((part) => readEvents(part));
  expect(findGrammarFault(written)).toBeUndefined();
  const answer = assembleAnswer(written);
  const { failure, committed, metered } = stream;
  return { events: written, answer, content: answer?.content, failure, committed, metered };
}

/** Translates a whole response; fails the test when that fails. */
export function wholeResponses(response: unknown, exchange: ResponsesExchange = responsesExchange()): Answer {
  const body = new TextEncoder().encode(typeof response === "string" ? response : JSON.stringify(response));
  const whole = readWholeResponsesAnswer(exchange, body, "application/json");
  if (!whole.ok) expect.fail(`${whole.failure.kind}: ${whole.failure.message}`);
  return JSON.parse(new TextDecoder().decode(whole.body)) as Answer;
}

/** The failure of a whole response; fails the test when there is none. */
export function failResponses(text: string, exchange: ResponsesExchange = responsesExchange()): UpstreamFailure {
  const whole = readWholeResponsesAnswer(exchange, new TextEncoder().encode(text), "application/json");
  if (whole.ok) expect.fail("the answer was taken for a good one");
  return whole.failure;
}
