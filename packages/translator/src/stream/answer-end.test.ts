import { describe, expect, test } from "vitest";
import { PassedChunks } from "../clients/openai-chat/passed-chunks.ts";
import { PassedStream } from "../clients/shared/passed-stream.ts";
import { recodeStream } from "../clients/recode-stream.ts";
import { TappedStream } from "../dialects/anthropic-messages/tapped-stream.ts";
import { streamConverseAnswer } from "../dialects/bedrock-converse/response.ts";
import type { AnswerStream } from "../dialects/dialect.ts";
import { streamGeminiAnswer } from "../dialects/gemini/response.ts";
import { streamChatAnswer } from "../dialects/openai-chat/response.ts";
import { streamResponsesAnswer } from "../dialects/openai-responses/response.ts";
import { chatExchange } from "../testing/chat-exchange.ts";
import { converseExchange } from "../testing/converse-exchange.ts";
import { chunk, frames } from "../testing/run-chat.ts";
import { converseBytes, type ConverseEvent } from "../testing/run-converse.ts";
import { geminiChunk, geminiExchange } from "../testing/run-gemini.ts";
import { responsesExchange, responsesFrames } from "../testing/run-responses.ts";
import { encodeEvent } from "./event-bytes.ts";

/** A provider's answer in pieces: content, what says how it ends, what follows, and what a connection kept open drips. */
interface Speech {
  readonly stream: (stopSequences: readonly string[]) => AnswerStream;
  readonly content: Uint8Array;
  readonly conclusion: Uint8Array;
  /** What tells the account or the end after the conclusion; undefined where the conclusion is the end or nothing ends it. */
  readonly last: Uint8Array | undefined;
  readonly drip: Uint8Array;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const comment = bytes(": still here\n\n");
const chatUsage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

const chat = {
  content: bytes(frames(chunk({ role: "assistant", content: "one two three" }))),
  conclusion: bytes(frames(chunk({}, "stop"))),
  last: bytes(frames({ choices: [], usage: chatUsage })),
  drip: comment,
};

const messages = {
  content: bytes(
    [
      encodeEvent({
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 1, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
        },
      }),
      encodeEvent({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
      encodeEvent({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "one two three" } }),
    ].join(""),
  ),
  conclusion: bytes(
    [
      encodeEvent({ type: "content_block_stop", index: 0 }),
      encodeEvent({
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { input_tokens: 1, output_tokens: 3, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
      }),
    ].join(""),
  ),
  last: bytes(encodeEvent({ type: "message_stop" })),
  drip: comment,
};

const tapped = (): AnswerStream => new TappedStream({ renameTo: undefined, requestBytes: 100 });

const speeches: Readonly<Record<string, Speech>> = {
  "openai-chat": {
    ...chat,
    stream: (stopSequences) => streamChatAnswer(chatExchange({ stop_sequences: stopSequences }, { stopSequences })),
  },
  "openai-chat passed on": {
    ...chat,
    last: bytes("data: [DONE]\n\n"),
    stream: () =>
      new PassedStream(
        new PassedChunks({
          includeUsage: true,
          requestBytes: 100,
          context: { messageId: "msg_1", askedModel: "claude-sonnet-5-5" },
        }),
      ),
  },
  "openai-responses": {
    stream: (stopSequences) =>
      streamResponsesAnswer(responsesExchange({ stop_sequences: stopSequences }, { stopSequences })),
    content: bytes(
      responsesFrames(
        { type: "response.created", response: {} },
        { type: "response.output_item.added", output_index: 0, item: { type: "message", id: "m" } },
        { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "one two three" },
      ),
    ),
    conclusion: bytes(responsesFrames({ type: "response.completed", response: { status: "completed", output: [] } })),
    last: undefined,
    drip: comment,
  },
  gemini: {
    stream: (stopSequences) => streamGeminiAnswer(geminiExchange({ askedStops: stopSequences, stopSequences })),
    content: bytes(frames(geminiChunk([{ text: "one two three" }]))),
    conclusion: bytes(frames(geminiChunk([], "STOP"))),
    last: undefined,
    drip: comment,
  },
  "bedrock-converse": {
    stream: (stopSequences) => {
      return streamConverseAnswer(converseExchange({ stop_sequences: stopSequences }));
    },
    content: aws(
      ["messageStart", { role: "assistant" }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "one two three" } }],
    ),
    conclusion: aws(["contentBlockStop", { contentBlockIndex: 0 }], ["messageStop", { stopReason: "end_turn" }]),
    last: aws(["metadata", { usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15 } }]),
    drip: aws(["somethingNew", {}]),
  },
  "anthropic-messages": { ...messages, stream: tapped },
  "anthropic-messages written anew": { ...messages, stream: () => recodeStream(tapped(), encodeEvent) },
};

function aws(...events: readonly ConverseEvent[]): Uint8Array {
  return converseBytes(events);
}

describe.each(Object.entries(speeches))("an answer of %s", (_name, speech) => {
  test("is neither concluded nor finished while content comes", () => {
    const stream = speech.stream([]);
    stream.push(speech.content);
    stream.push(speech.drip);
    expect([stream.concluded, stream.finished]).toEqual([false, false]);
  });

  test("is concluded once the provider has said how it ends, and `end` then finishes it without a failure", () => {
    const stream = speech.stream([]);
    stream.push(speech.content);
    stream.push(speech.conclusion);
    expect(stream.concluded).toBe(true);
    stream.push(speech.drip);
    stream.end();
    expect([stream.finished, stream.failure]).toEqual([true, undefined]);
  });

  test("is finished by a failure", () => {
    const stream = speech.stream([]);
    stream.push(speech.content);
    stream.fail({ kind: "timed-out", message: "The provider fell silent." });
    expect(stream.finished).toBe(true);
  });
});

const lasting = Object.entries(speeches).flatMap(([name, { last, ...speech }]) => {
  return last === undefined ? [] : [[name, { ...speech, last }] as const];
});

test.each(lasting)(
  "an answer of %s is finished by the last that the provider sends, cut at every byte",
  (_name, speech) => {
    const stream = speech.stream([]);
    stream.push(speech.content);
    stream.push(speech.conclusion);
    for (const byte of speech.last) {
      expect(stream.finished).toBe(false);
      stream.push(Uint8Array.of(byte));
    }
    expect([stream.concluded, stream.finished, stream.failure]).toEqual([true, true, undefined]);
  },
);

describe.each(["openai-chat", "openai-responses", "gemini", "bedrock-converse"])("at %s", (name) => {
  test("a stop sequence found here finishes an answer that the provider has not concluded; its usage is an estimate", () => {
    const speech = speeches[name];
    if (speech === undefined) return expect.fail(`no speech of ${name}`);
    const stream = speech.stream(["two"]);
    const written = new TextDecoder().decode(stream.push(speech.content));
    expect([stream.concluded, stream.finished]).toEqual([false, true]);
    expect(written).toContain('"stop_reason":"stop_sequence"');
    expect(written).not.toContain("three");
    expect(stream.metered.usage.estimated).toBe(true);
  });
});

test("a Gemini model that gives a finish reason with each chunk is not concluded once content came after one", () => {
  const stream = streamGeminiAnswer(geminiExchange());
  stream.push(bytes(frames(geminiChunk([{ text: "one" }], "STOP"))));
  expect(stream.concluded).toBe(true);
  stream.push(bytes(frames(geminiChunk([{ text: " two" }], "STOP"))));
  expect([stream.concluded, stream.finished]).toEqual([false, false]);
});
