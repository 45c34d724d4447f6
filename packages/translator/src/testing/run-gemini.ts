import { expect } from "vitest";
import { encodeGeminiRequest, type EncodedGemini } from "../dialects/gemini/request.ts";
import { genericGemini, type GeminiProfile } from "../dialects/gemini/profile.ts";
import { readWholeGeminiAnswer, streamGeminiAnswer } from "../dialects/gemini/response.ts";
import type { GeminiExchange } from "../dialects/gemini/stream.ts";
import { assembleAnswer } from "../messages/assemble.ts";
import type { Answer } from "../messages/answer.ts";
import type { UpstreamFailure } from "../messages/failure.ts";
import { findGrammarFault } from "../messages/event-grammar.ts";
import { chatExchange } from "./chat-exchange.ts";
import { messagesRequest, type LooseRequest } from "./chat-request-of.ts";
import { readEvents } from "./read-events.ts";
import { frames, type StreamRun } from "./run-chat.ts";

/** An exchange with thinking on and Claude Code's commonest tools, apart from what a test sets. */
export function geminiExchange(overrides: Partial<GeminiExchange> = {}): GeminiExchange {
  return { ...chatExchange(), model: "gemini-3.8-flash", search: undefined, ...overrides };
}

/** A chunk of Gemini's with one candidate. */
export function geminiChunk(parts: readonly unknown[], finishReason?: string, more: object = {}): object {
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...(finishReason && { finishReason }) }],
    ...more,
  };
}

/** Streams what Gemini sent through the translation; the events are checked against the grammar. */
export function runGeminiText(text: string, exchange: GeminiExchange = geminiExchange()): StreamRun {
  const stream = streamGeminiAnswer(exchange);
  const bytes = [stream.push(new TextEncoder().encode(text)), stream.end()];
  const events = bytes.flatMap((part) => readEvents(part));
  expect(findGrammarFault(events)).toBeUndefined();
  const answer = assembleAnswer(events);
  const { failure, committed, metered } = stream;
  return { events, answer, content: answer?.content, failure, committed, metered };
}

/** Streams chunks. */
export function runGemini(chunks: readonly object[], exchange?: GeminiExchange): StreamRun {
  return runGeminiText(frames(...chunks), exchange);
}

/** Translates a whole answer; a failure instead of one is given as such. */
export function runGeminiWhole(
  body: unknown,
  exchange: GeminiExchange = geminiExchange(),
): { readonly answer?: Answer; readonly failure?: UpstreamFailure } {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const whole = readWholeGeminiAnswer(exchange, new TextEncoder().encode(text), "application/json");
  if (!whole.ok) return { failure: whole.failure };
  return { answer: JSON.parse(new TextDecoder().decode(whole.body)) as Answer };
}

/** What becomes of a request with these parts at a model like the generic one but for `differences`. */
export function geminiRequestOf(parts: LooseRequest, differences: Partial<GeminiProfile> = {}): EncodedGemini {
  return encodeGeminiRequest(messagesRequest(parts), "gemini-3.8-flash", { ...genericGemini, ...differences });
}
