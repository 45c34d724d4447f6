import fc from "fast-check";
import { expect, test } from "vitest";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import type { FailureKind } from "../../messages/failure.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import { geminiExchange, readEvents } from "../../testing/index.ts";
import { readFailure } from "./errors.ts";
import { keepNumbers, restoreNumbers } from "./exact-numbers.ts";
import { repairGeminiRequest } from "./repair.ts";
import { readWholeGeminiAnswer, streamGeminiAnswer } from "./response.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const junk = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.jsonValue(),
);
const maybe = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: junk });
const some = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record(model, { requiredKeys: [] });

const prose = fc.constantFrom("x", "", "\n", "STOP", "ST", "🙂", "\u2028");
const functionCall = some({
  name: maybe(fc.constantFrom("Bash", "Read", "")),
  id: maybe(fc.constantFrom("a", "b", "")),
  args: maybe(fc.constantFrom({}, { a: 1 }, { big: 1e21 })),
  partialArgs: maybe(
    fc.array(
      maybe(
        some({
          jsonPath: maybe(fc.constantFrom("$.a", "$.a[0]", "$.a[9].b", "$['x']", "$")),
          stringValue: maybe(prose),
          numberValue: junk,
        }),
      ),
      { maxLength: 3 },
    ),
  ),
  willContinue: maybe(fc.boolean()),
});
const part = some({
  text: maybe(prose),
  thought: maybe(fc.boolean()),
  thoughtSignature: maybe(fc.constantFrom("S", "")),
  functionCall: fc.option(maybe(functionCall), { nil: undefined }),
  toolCall: fc.option(fc.constant({ id: "t" }), { nil: undefined, freq: 9 }),
  inlineData: fc.option(junk, { nil: undefined, freq: 9 }),
});
const grounding = some({
  webSearchQueries: maybe(fc.array(fc.string(), { maxLength: 2 })),
  groundingChunks: maybe(fc.array(maybe(some({ web: maybe(some({ uri: prose, title: junk })) })), { maxLength: 2 })),
  groundingSupports: maybe(
    fc.array(maybe(some({ segment: maybe(some({ text: prose })), groundingChunkIndices: maybe(fc.array(junk)) })), {
      maxLength: 2,
    }),
  ),
});
const finish = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  "STOP",
  "MAX_TOKENS",
  "SAFETY",
  "MALFORMED_FUNCTION_CALL",
  "weird",
);
const candidate = some({
  index: maybe(fc.constantFrom(0, 0, 1)),
  content: maybe(some({ parts: maybe(fc.array(maybe(part), { maxLength: 3 })) })),
  finishReason: maybe(finish),
  finishMessage: junk,
  groundingMetadata: fc.option(maybe(grounding), { nil: undefined }),
});
const usage = some({
  promptTokenCount: maybe(fc.nat()),
  candidatesTokenCount: junk,
  thoughtsTokenCount: junk,
  totalTokenCount: maybe(fc.nat()),
  cachedContentTokenCount: junk,
});
const chunk = some({
  candidates: maybe(fc.array(maybe(candidate), { maxLength: 2 })),
  usageMetadata: maybe(usage),
  promptFeedback: fc.option(maybe(some({ blockReason: junk })), { nil: undefined, freq: 9 }),
  error: fc.option(junk, { nil: undefined, freq: 9 }),
});

function check(parts: readonly Uint8Array[], how: FailureKind | undefined, alone: boolean): void {
  const domains = { allowed: [], blocked: ["x"] };
  const stream = streamGeminiAnswer(geminiExchange({ stopSequences: ["STOP"], search: { alone, domains } }));
  const out: Uint8Array[] = [];
  for (const one of parts) if (stream.failure === undefined) out.push(stream.push(one));
  if (stream.failure === undefined)
    out.push(how === undefined ? stream.end() : stream.fail({ kind: how, message: "gone" }));
  const events = out.flatMap((one) => readEvents(one));
  expect(findGrammarFault(events)).toBeUndefined();
  const last = events.at(-1);
  if (stream.failure === undefined) expect(last?.type).toBe("message_stop");
  else expect(last).toMatchObject({ type: "error", error: { type: errorTypeOf(stream.failure.kind) } });
  for (const count of Object.values(stream.metered.usage)) {
    expect(typeof count === "boolean" || (Number.isInteger(count) && count >= 0)).toBe(true);
  }
}

test("STR-01 FR-10: any chunks, in any order, broken anywhere, keep to the grammar", () => {
  const ending = fc.constantFrom<FailureKind | undefined>(undefined, "reset", "timed-out");
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 10 }), ending, fc.boolean(), (chunks, how, alone) => {
      check(
        chunks.map((value) => bytes(`data: ${JSON.stringify(value)}\r\n\r\n`)),
        how,
        alone,
      );
    }),
    { numRuns: 600 },
  );
});

test("STR-01 STR-46: any bytes at all keep to the grammar", () => {
  const pieces = fc.constantFrom("data: ", "{", '{"candidates":[', "\n\n", "<", "[", "]", '"parts":').map(bytes);
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array(), pieces)), (parts) => check(parts, undefined, false)));
});

test("any whole body is an answer or a failure, and never throws", () => {
  const body = fc.oneof(chunk, junk, fc.array(chunk, { maxLength: 4 }));
  fc.assert(
    fc.property(body, fc.constantFrom("application/json", "text/event-stream", ""), (value, contentType) => {
      const whole = readWholeGeminiAnswer(geminiExchange(), bytes(JSON.stringify(value) ?? ""), contentType);
      if (!whole.ok) expect(errorTypeOf(whole.failure.kind)).toBeTypeOf("string");
      else {
        const answer = JSON.parse(new TextDecoder().decode(whole.body));
        expect(answer).toMatchObject({ type: "message", role: "assistant" });
      }
    }),
  );
});

test("ERR-10: any error answer has a kind, and repairing after it never throws", () => {
  const words = fc.constantFrom(
    "thought_signature",
    "thinking_level",
    "thinking budget 5",
    "system instruction is not supported",
    "Unknown name \"id\" at 'contents[0]': Cannot find field",
    "response_mime_type",
    "built-in tools and function calling",
    "multimodal function response",
  );
  const error = some({ code: junk, message: maybe(words), status: junk, details: maybe(fc.array(junk)) });
  const request = some({
    contents: maybe(fc.array(maybe(some({ role: junk, parts: maybe(fc.array(maybe(part))) })))),
    tools: maybe(fc.array(junk)),
    generationConfig: maybe(some({ thinkingConfig: maybe(some({ thinkingLevel: junk, thinkingBudget: junk })) })),
    systemInstruction: junk,
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 400, max: 599 }),
      fc.oneof(fc.string(), fc.record({ error })),
      request,
      (status, body, sent) => {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        const failure = readFailure({ status, headers: {}, body: text, receivedAtMs: 0 });
        expect(errorTypeOf(failure.kind)).toBeTypeOf("string");
        expect(failure.retryAfterSeconds ?? 0).toBeGreaterThanOrEqual(0);
        expect(() => repairGeminiRequest(bytes(JSON.stringify(sent)), failure)).not.toThrow();
      },
    ),
    { numRuns: 300 },
  );
});

test("FR-16: any JSON comes through the keeping of its numbers as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.bigInt(), (value, big) => {
      const json = `{"v":${JSON.stringify(value)},"n":${big}}`;
      expect(restoreNumbers(JSON.stringify(JSON.parse(keepNumbers(json))))).toContain(`"n":${big}`);
      expect(JSON.parse(restoreNumbers(JSON.stringify(JSON.parse(keepNumbers(json)))))).toEqual(JSON.parse(json));
    }),
  );
});
