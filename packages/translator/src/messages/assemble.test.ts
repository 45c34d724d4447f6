import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { assembleAnswer, encodeAnswer } from "./assemble.ts";
import type { ContentBlock } from "./content.ts";
import { findGrammarFault } from "./event-grammar.ts";
import type { StreamEvent } from "./events.ts";
import { meterEvents } from "./meter.ts";
import { replayAnswer } from "./replay.ts";
import { noUsage, type Usage } from "./usage.ts";
import { fromWireUsage, toWireUsage } from "./wire-usage.ts";
import { encodeEvent } from "../stream/event-bytes.ts";
import { readEvents } from "../testing/index.ts";

const count = fc.nat(1_000_000);
const usages: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
  thinkingTokens: count,
  webSearchRequests: count,
  estimated: fc.constant(false),
});
const text = fc.string({ unit: "grapheme" });
// -0 has no form of its own in JSON.
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const input = fc.dictionary(text, fc.jsonValue()).map((value) => overTheWire(value));
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const blocks: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text }),
  fc.record({
    type: fc.constant("text" as const),
    text,
    citations: fc.array(fc.record({ cited_text: text }), { minLength: 1 }),
  }),
  fc.record({
    type: fc.constant("thinking" as const),
    thinking: text,
    signature: text.filter((value) => value !== ""),
  }),
  fc.record({ type: fc.constant("redacted_thinking" as const), data: text }),
  fc.record({ type: fc.constant("tool_use" as const), id, name: id, input }),
  fc.record({ type: fc.constant("server_tool_use" as const), id, name: id, input }),
  fc.record({
    type: fc.constant("web_search_tool_result" as const),
    tool_use_id: id,
    content: fc.jsonValue().map((value) => overTheWire(value)),
  }),
);
const answers: fc.Arbitrary<Answer> = fc.record({
  id,
  type: fc.constant("message" as const),
  role: fc.constant("assistant" as const),
  model: text,
  content: fc.array(blocks, { maxLength: 5 }),
  stop_reason: fc.constantFrom("end_turn", "tool_use", "max_tokens"),
  stop_sequence: fc.option(text),
  usage: usages.map((usage) => toWireUsage(usage)),
});

test("STR-34 STR-35 FR-15: an answer survives being told as events, as bytes, and put together again", () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const events = replayAnswer(answer);
      expect(findGrammarFault(events)).toBeUndefined();
      const read = readEvents(events.map((event) => encodeEvent(event)).join(""));
      expect(read).toEqual(JSON.parse(JSON.stringify(events)));
      expect(assembleAnswer(read)).toEqual(answer);
      expect(JSON.parse(encodeAnswer(events) ?? "")).toEqual(JSON.parse(JSON.stringify(answer)));
    }),
  );
});

test("a stream without an end, or with an error, is no answer", () => {
  const events = replayAnswer({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "x" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: toWireUsage(noUsage),
  });
  expect(assembleAnswer(events.slice(0, -2))).toBeUndefined();
  expect(assembleAnswer(events.slice(1))).toBeUndefined();
  expect(
    encodeAnswer([...events.slice(0, -2), { type: "error", error: { type: "api_error", message: "x" } }]),
  ).toBeUndefined();
});

test("blocks that only clients write are left out of a replay", () => {
  const content: ContentBlock[] = [
    { type: "tool_result", tool_use_id: "a" },
    { type: "text", text: "x" },
  ];
  const events = replayAnswer({
    id: "m",
    type: "message",
    role: "assistant",
    model: "m",
    content,
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: toWireUsage(noUsage),
  });
  expect(findGrammarFault(events)).toBeUndefined();
  expect(assembleAnswer(events)?.content).toEqual([{ type: "text", text: "x" }]);
});

test("USG-12: usage survives the wire", () => {
  fc.assert(
    fc.property(usages, (usage) => {
      expect(fromWireUsage(toWireUsage(usage))).toEqual(usage);
    }),
  );
  expect(
    fromWireUsage({ input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 }),
  ).toEqual({
    ...noUsage,
    inputTokens: 1,
    outputTokens: 2,
    cacheReadTokens: 3,
    cacheWrite5mTokens: 4,
  });
});

test("USG-07 STR-48: a meter takes the last numbers, and keeps the first where the last are zero", () => {
  const wire = { input_tokens: 7, output_tokens: 0, cache_read_input_tokens: 3, cache_creation_input_tokens: 0 };
  const meter = meterEvents();
  expect(meter.metered).toEqual({ usage: noUsage, stopReason: undefined });
  const events: StreamEvent[] = [
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: wire,
      },
    },
    { type: "ping" },
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { ...wire, input_tokens: 0, output_tokens: 9 },
    },
  ];
  for (const event of events) meter.take(event);
  expect(meter.metered).toEqual({
    usage: { ...noUsage, inputTokens: 7, outputTokens: 9, cacheReadTokens: 3 },
    stopReason: "tool_use",
  });
});
