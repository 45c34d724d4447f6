import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { AnswerStream } from "./dialects/dialect.ts";
import { streamGeminiAnswer } from "./dialects/gemini/response.ts";
import { streamChatAnswer } from "./dialects/openai-chat/response.ts";
import { streamResponsesAnswer } from "./dialects/openai-responses/response.ts";
import { assembleAnswer } from "./messages/assemble.ts";
import type { StreamEvent } from "./messages/events.ts";
import { findGrammarFault } from "./messages/event-grammar.ts";
import { chatExchange } from "./testing/chat-exchange.ts";
import { readEvents } from "./testing/read-events.ts";
import { geminiExchange } from "./testing/run-gemini.ts";
import { responsesExchange } from "./testing/run-responses.ts";

const folder = new URL("../fixtures/streams/", import.meta.url);
/** Every byte where there is time, else one in so many. */
const apart = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 1 : 17;

function recordings(
  path: string,
  open: () => AnswerStream,
): { readonly file: string; readonly open: () => AnswerStream }[] {
  const names = readdirSync(new URL(path, folder)).filter(
    (name) => name.endsWith(".sse") && !name.startsWith("bedrock"),
  );
  return names.map((name) => ({ file: `${path}${name}`, open }));
}

const transcripts = [
  ...recordings("", () => streamChatAnswer(chatExchange())),
  ...recordings("openai-responses/", () => streamResponsesAnswer(responsesExchange())),
  ...recordings("gemini/", () => streamGeminiAnswer(geminiExchange())),
];

function contentOf(events: readonly StreamEvent[]): unknown {
  return assembleAnswer(events)?.content;
}

test("there are twenty transcripts", () => {
  expect(transcripts.length).toBeGreaterThanOrEqual(20);
});

test.each(transcripts)(
  "$file, cut short anywhere, is either all that it says or an error",
  { timeout: 120_000 },
  ({ file, open }) => {
    const bytes = readFileSync(new URL(file, folder));
    const full = open();
    const whole = contentOf([...readEvents(full.push(bytes)), ...readEvents(full.end())]);
    expect(full.failure).toBeUndefined();
    for (let at = 1; at < bytes.length; at += apart) {
      const stream = open();
      const events = [...readEvents(stream.push(bytes.subarray(0, at))), ...readEvents(stream.end())];
      expect(findGrammarFault(events), `cut at ${at}`).toBeUndefined();
      if (stream.failure === undefined) expect(contentOf(events), `cut at ${at}`).toEqual(whole);
      else {
        expect(stream.failure.kind, `cut at ${at}`).toMatch(/^(?:truncated|malformed)$/);
        expect(events.at(-1)?.type).toBe("error");
      }
    }
  },
);
