import fc from "fast-check";
import { expect, test } from "vitest";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import type { FailureKind } from "../../messages/failure.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import { chatExchange, readEvents } from "../../testing/index.ts";
import { readFailure } from "./errors.ts";
import { repairChatRequest } from "./repair.ts";
import { readWholeChatAnswer, streamChatAnswer } from "./response.ts";

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

const toolCall = fc.record(
  {
    index: maybe(fc.nat(2)),
    id: maybe(fc.constantFrom("a", "b", "")),
    function: maybe(
      fc.record(
        {
          name: maybe(fc.constantFrom("Bash", "Read", "")),
          arguments: maybe(fc.constantFrom("", "{", '{"a":', "1", "}", '{"a":1}', "{}", '"', "null")),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);
const prose = fc.constantFrom("x", "", "\n", "<think>", "</think>", "STOP", "ST", "🙂");
const delta = fc.record(
  {
    content: maybe(
      fc.oneof(prose, fc.array(fc.record({ type: fc.constantFrom("text", "thinking"), text: prose, thinking: junk }))),
    ),
    reasoning: maybe(prose),
    reasoning_details: maybe(
      fc.array(
        maybe(
          fc.record({
            type: fc.constantFrom("reasoning.text", "reasoning.encrypted"),
            text: prose,
            data: prose,
            index: fc.nat(1),
          }),
        ),
      ),
    ),
    refusal: maybe(fc.constant(null)),
    tool_calls: maybe(fc.array(toolCall, { maxLength: 3 })),
    function_call: maybe(fc.constant(undefined)),
  },
  { requiredKeys: [] },
);
const chunk = fc.record(
  {
    choices: maybe(
      fc.array(
        fc.record(
          {
            index: maybe(fc.constantFrom(0, 0, 0, 1)),
            delta: maybe(delta),
            finish_reason: maybe(
              fc.constantFrom(null, null, null, "stop", "length", "tool_calls", "content_filter", "weird"),
            ),
            stop_reason: junk,
          },
          { requiredKeys: ["delta"] },
        ),
        { maxLength: 2 },
      ),
    ),
    usage: maybe(
      fc.record(
        { prompt_tokens: junk, completion_tokens: junk, total_tokens: junk, prompt_tokens_details: junk },
        { requiredKeys: [] },
      ),
    ),
    error: fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: junk }),
  },
  { requiredKeys: ["choices"] },
);
const exchange = chatExchange({}, { stopSequences: ["STOP"], reasoningBack: true });

function check(parts: readonly Uint8Array[], ending: FailureKind | undefined): void {
  const stream = streamChatAnswer(exchange);
  const out = parts.map((part) => stream.push(part));
  out.push(ending === undefined ? stream.end() : stream.fail({ kind: ending, message: "gone" }));
  const events = out.flatMap((part) => readEvents(part));
  expect(findGrammarFault(events)).toBeUndefined();
  const last = events.at(-1);
  if (stream.failure === undefined) expect(last?.type).toBe("message_stop");
  else expect(last).toMatchObject({ type: "error", error: { type: errorTypeOf(stream.failure.kind) } });
  const { usage } = stream.metered;
  for (const count of Object.values(usage))
    expect(typeof count === "boolean" || (Number.isInteger(count) && count >= 0)).toBe(true);
}

test("STR-01 FR-10: any chunks, in any order, broken anywhere, keep to the grammar", () => {
  const ending = fc.constantFrom<FailureKind | undefined>(undefined, "reset", "timed-out");
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), ending, fc.boolean(), (chunks, how, done) => {
      const frames = chunks.map((value) => bytes(`data: ${JSON.stringify(value)}\n\n`));
      check(done ? [...frames, bytes("data: [DONE]\n\n")] : frames, how);
    }),
    { numRuns: 400 },
  );
});

test("STR-01: any bytes at all keep to the grammar", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.uint8Array(), fc.constantFrom("data: ", "{", '{"choices":[', "\n\n", "<", "[DONE]").map(bytes)),
      ),
      (parts) => check(parts, undefined),
    ),
  );
});

test("any whole body is an answer or a failure, and never throws", () => {
  fc.assert(
    fc.property(
      fc.oneof(chunk, junk),
      fc.constantFrom("application/json", "text/event-stream", ""),
      (value, contentType) => {
        const whole = readWholeChatAnswer(exchange, bytes(JSON.stringify(value) ?? ""), contentType);
        if (whole.ok)
          expect(JSON.parse(new TextDecoder().decode(whole.body))).toMatchObject({
            type: "message",
            role: "assistant",
          });
        else expect(errorTypeOf(whole.failure.kind)).toBeTypeOf("string");
      },
    ),
  );
});

test("any error answer has a kind, and repairing after it never throws", () => {
  const body = fc.oneof(
    fc.string(),
    junk.map((value) => JSON.stringify(value) ?? ""),
    fc.record({ error: junk }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 400, max: 599 }),
      body,
      fc.dictionary(fc.constantFrom("retry-after", "x-ratelimit-reset"), fc.string()),
      (status, text, headers) => {
        const failure = readFailure({ status, headers, body: text, receivedAtMs: 0 });
        expect(errorTypeOf(failure.kind)).toBeTypeOf("string");
        expect(failure.retryAfterSeconds ?? 0).toBeGreaterThanOrEqual(0);
        expect(() => repairChatRequest(bytes('{"model":"m","max_tokens":5,"messages":[]}'), failure)).not.toThrow();
      },
    ),
  );
});

test("hostile answers neither throw nor take long", () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const call = (input: string): string =>
    `data: {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"Bash","arguments":${input}}}]}}]}\n\n`;
  const blank = `data: {"choices":[{"delta":{"content":"\\n"}}]}\n\n`.repeat(20_000);
  const blankInput = call('"{"') + call('" "').repeat(20_000);
  for (const text of [
    call(deep),
    call(JSON.stringify(deep)),
    call(JSON.stringify("{}".repeat(100_000))),
    blank,
    blankInput,
  ]) {
    check([bytes(text)], undefined);
    check([bytes(text)], "reset");
  }
});
