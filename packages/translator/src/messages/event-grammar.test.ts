import { expect, test } from "vitest";
import { findGrammarFault } from "./event-grammar.ts";
import type { BlockDelta, BlockStart, StreamEvent } from "./events.ts";
import { toWireUsage } from "./wire-usage.ts";
import { noUsage } from "./usage.ts";

const usage = toWireUsage(noUsage);
const start: StreamEvent = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  },
};
const end: StreamEvent = { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage };
const over: StreamEvent = { type: "message_stop" };
const error: StreamEvent = { type: "error", error: { type: "api_error", message: "x" } };
const ping: StreamEvent = { type: "ping" };
const text: BlockStart = { type: "text", text: "" };
const thinking: BlockStart = { type: "thinking", thinking: "", signature: "" };
const open = (index: number, content_block: BlockStart = text): StreamEvent => ({
  type: "content_block_start",
  index,
  content_block,
});
const delta = (index: number, value: BlockDelta = { type: "text_delta", text: "x" }): StreamEvent => ({
  type: "content_block_delta",
  index,
  delta: value,
});
const sign = (index: number): StreamEvent => delta(index, { type: "signature_delta", signature: "s" });
const stop = (index: number): StreamEvent => ({ type: "content_block_stop", index });

test.each([
  ["an answer without blocks", [start, end, over]],
  [
    "blocks in order, with pings",
    [ping, start, open(0), ping, delta(0), stop(0), open(1, thinking), sign(1), stop(1), end, over],
  ],
  ["an error at once", [error]],
  ["an error in an open block", [start, open(0), delta(0), error]],
])("STR-01: %s is grammatical", (_, events) => {
  expect(findGrammarFault(events)).toBeUndefined();
});

test.each<[string, StreamEvent[]]>([
  [
    "event 7: delta for block 2, but block 1 is open",
    [start, open(0), delta(0), stop(0), ping, open(1), ping, delta(2)],
  ],
  ["event 1: delta for block 0, but no block is open", [start, delta(0)]],
  ["event 1: start of block 1, but block 0 is next", [start, open(1)]],
  ["event 2: start of block 1, but block 0 is open", [start, open(0), open(1)]],
  ["event 1: stop of block 0, which is not open", [start, stop(0)]],
  ["event 2: thinking_delta in a text block", [start, open(0), delta(0, { type: "thinking_delta", thinking: "x" })]],
  ["event 3: signature_delta after the signature of block 0", [start, open(0, thinking), sign(0), sign(0)]],
  ["event 2: block 0 is thinking without a signature", [start, open(0, thinking), stop(0)]],
  ["event 1: a second message_start", [start, start]],
  ["event 0: content_block_start before message_start", [open(0)]],
  ["event 2: message_delta while block 0 is open", [start, open(0), end]],
  ["event 2: message_delta after message_delta", [start, end, end]],
  ["event 1: message_stop without message_delta", [start, over]],
  ["event 3: error after the end", [start, end, over, error]],
  ["after event 1: the stream ends without message_stop or error", [start, end]],
  ['event 1: tool call "" with the id "a"', [start, open(0, { type: "tool_use", id: "a", name: "", input: {} })]],
  [
    'event 1: tool call "Bash" with the id "a|b"',
    [start, open(0, { type: "tool_use", id: "a|b", name: "Bash", input: {} })],
  ],
])("STR-01: %s", (fault, events) => {
  expect(findGrammarFault(events)).toBe(fault);
});
