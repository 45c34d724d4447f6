import fc from "fast-check";
import { expect, test } from "vitest";
import { findGrammarFault } from "../../messages/event-grammar.ts";
import type { FailureKind } from "../../messages/failure.ts";
import { errorTypeOf } from "../../messages/render-failure.ts";
import { readEvents } from "../../testing/index.ts";
import { responsesExchange } from "../../testing/run-responses.ts";
import { readFailure } from "./errors.ts";
import { repairResponsesRequest } from "./repair.ts";
import { readWholeResponsesAnswer, streamResponsesAnswer } from "./response.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const junk = fc.oneof(fc.constant(null), fc.constant(undefined), fc.string(), fc.integer(), fc.jsonValue());
const maybe = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: junk });

const said = fc.constantFrom("x", "", "\n", "STOP", "ST", "🙂", "{", '{"a":', "1", "}", '{"a":1}', "null");
const id = fc.constantFrom("a", "b", "");
const part = fc.record(
  {
    type: maybe(fc.constantFrom("output_text", "refusal", "summary_text", "reasoning_text")),
    text: maybe(said),
    refusal: fc.option(said, { nil: undefined }),
    annotations: maybe(fc.constantFrom([], [{ type: "url_citation", url: "u", start_index: 0, end_index: 1 }])),
  },
  { requiredKeys: ["type"] },
);
const item = fc.record(
  {
    type: maybe(fc.constantFrom("message", "reasoning", "function_call", "web_search_call", "mcp_call")),
    id: maybe(id),
    call_id: maybe(id),
    name: maybe(fc.constantFrom("Bash", "Read", "")),
    arguments: maybe(said),
    content: maybe(fc.array(maybe(part), { maxLength: 2 })),
    summary: maybe(fc.array(maybe(part), { maxLength: 2 })),
    encrypted_content: maybe(fc.constant("E")),
    action: maybe(fc.constantFrom({ type: "search", query: "q", sources: [{ url: "u" }] }, { type: "open_page" })),
    status: maybe(fc.constantFrom("completed", "failed")),
  },
  { requiredKeys: ["type"] },
);
const response = fc.record(
  {
    status: maybe(fc.constantFrom("completed", "completed", "incomplete", "failed", "in_progress", undefined)),
    output: maybe(fc.array(maybe(item), { maxLength: 3 })),
    usage: maybe(
      fc.record({ input_tokens: junk, output_tokens: junk, input_tokens_details: junk }, { requiredKeys: [] }),
    ),
    incomplete_details: maybe(fc.constantFrom({ reason: "max_output_tokens" }, { reason: "content_filter" }, {})),
    error: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: junk }),
  },
  { requiredKeys: [] },
);
const event = fc.record(
  {
    type: fc.oneof(
      {
        weight: 20,
        arbitrary: fc.constantFrom(
          "response.created",
          "response.output_item.added",
          "response.output_item.done",
          "response.content_part.done",
          "response.output_text.delta",
          "response.output_text.done",
          "response.output_text.annotation.added",
          "response.refusal.delta",
          "response.refusal.done",
          "response.reasoning_summary_text.delta",
          "response.reasoning_summary_text.done",
          "response.reasoning_summary_part.done",
          "response.reasoning_text.delta",
          "response.function_call_arguments.delta",
          "response.function_call_arguments.done",
          "response.completed",
          "response.new_kind",
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom("error", "response.failed", "response.incomplete", "response.cancelled"),
      },
      { weight: 1, arbitrary: junk },
    ),
    output_index: maybe(fc.nat(2)),
    item_id: maybe(id),
    content_index: maybe(fc.nat(1)),
    summary_index: maybe(fc.nat(1)),
    delta: maybe(said),
    text: maybe(said),
    refusal: maybe(said),
    arguments: maybe(said),
    name: maybe(fc.constantFrom("Bash", undefined)),
    part: maybe(part),
    item: maybe(item),
    annotation: maybe(fc.constant({ type: "url_citation", url: "u", title: "t" })),
    response: maybe(response),
  },
  { requiredKeys: ["type"] },
);
const exchange = responsesExchange({}, { stopSequences: ["STOP"] });

function check(parts: readonly Uint8Array[], ending: FailureKind | undefined): void {
  const stream = streamResponsesAnswer(exchange);
  const out = parts.map((piece) => stream.push(piece));
  out.push(ending === undefined ? stream.end() : stream.fail({ kind: ending, message: "gone" }));
  const events = out.flatMap((piece) => readEvents(piece));
  expect(findGrammarFault(events)).toBeUndefined();
  const last = events.at(-1);
  if (stream.failure === undefined) expect(last?.type).toBe("message_stop");
  else expect(last).toMatchObject({ type: "error", error: { type: errorTypeOf(stream.failure.kind) } });
  const { usage } = stream.metered;
  for (const count of Object.values(usage))
    expect(typeof count === "boolean" || (Number.isInteger(count) && count >= 0)).toBe(true);
}

test("STR-01 FR-10: any events, in any order, broken anywhere, keep to the grammar", () => {
  const ending = fc.constantFrom<FailureKind | undefined>(undefined, "reset", "timed-out");
  fc.assert(
    fc.property(fc.array(event, { maxLength: 14 }), ending, fc.boolean(), (events, how, done) => {
      const frames = events.map((value) => bytes(`data: ${JSON.stringify(value)}\n\n`));
      const end = bytes('data: {"type":"response.completed","response":{"status":"completed"}}\n\n');
      check(done ? [...frames, end] : frames, how);
    }),
    { numRuns: 500 },
  );
});

test("STR-01: any bytes at all keep to the grammar", () => {
  const piece = fc
    .constantFrom("data: ", "{", '{"type":"response.created"}', "\n\n", "<", "[DONE]", "event: error\n")
    .map(bytes);
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array(), piece)), (parts) => check(parts, undefined)));
});

test("ERR-12 RS-19: any whole body is an answer or a failure, and never throws", () => {
  fc.assert(
    fc.property(
      fc.oneof(response, event, junk),
      fc.constantFrom("application/json", "text/event-stream", ""),
      (value, contentType) => {
        const whole = readWholeResponsesAnswer(exchange, bytes(JSON.stringify(value) ?? ""), contentType);
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
    fc
      .record({
        message: fc.constantFrom("Unsupported parameter: 'a.b'", "encrypted content could not be verified"),
        param: junk,
      })
      .map((error) => JSON.stringify({ error })),
  );
  const sent = bytes(
    '{"model":"m","max_output_tokens":5,"reasoning":{"effort":"low"},"input":[{"type":"reasoning"},1]}',
  );
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), body, (status, text) => {
      const failure = readFailure({ status, headers: {}, body: text, receivedAtMs: 0 });
      expect(errorTypeOf(failure.kind)).toBeTypeOf("string");
      expect(() => repairResponsesRequest(sent, failure)).not.toThrow();
    }),
  );
});

test("FR-09: hostile answers neither throw nor take long", () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const delta = (input: string): string =>
    `data: {"type":"response.function_call_arguments.delta","output_index":0,"delta":${input}}\n\n`;
  const finished = `data: {"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"a","name":"Bash","arguments":${deep}}}\n\n`;
  const blank = 'data: {"type":"response.output_text.delta","output_index":0,"delta":"\\n"}\n\n'.repeat(20_000);
  const items = Array.from(
    { length: 5_000 },
    (_, index) =>
      `data: {"type":"response.output_item.added","output_index":${index},"item":{"type":"function_call","id":"${index}"}}\n\n`,
  );
  for (const text of [
    finished,
    delta(JSON.stringify(deep)),
    delta('"{"') + delta('" "').repeat(20_000),
    blank,
    items.join(""),
  ]) {
    check([bytes(text)], undefined);
    check([bytes(text)], "reset");
  }
});
