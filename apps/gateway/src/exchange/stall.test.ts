import { expect, test } from "vitest";
import { isProviderError } from "@drawbridge/providers";
import { Stall } from "./stall.ts";

function watched() {
  const world = { now: 0 };
  const call = new AbortController();
  const deadlines = { firstByteMs: 1_000, idleMs: 100 };
  return { world, call, stall: new Stall({ deadlines, clock: () => world.now, signal: call.signal }) };
}

const content = Buffer.from('event: content_block_delta\ndata: {"type":"content_block_delta"}\n\n');

test("the first content has until the first byte's deadline, what follows until that of silence", () => {
  const { world, stall } = watched();
  expect(stall.dueMs).toBe(1_000);
  world.now = 900;
  stall.take(content);
  expect(stall.dueMs).toBe(1_000);
  world.now = 950;
  stall.take(content);
  expect(stall.dueMs).toBe(1_050);
});

test.each([
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: ping\ndata: {"type":"ping"}\n\nevent: ping\ndata: {"type":"ping"}\n\n',
  ": keep-alive\n\n",
  ":\r\n\r\n",
])("a heartbeat is no sign of life: %j", (heartbeat) => {
  const { world, stall } = watched();
  world.now = 500;
  stall.take(Buffer.from(heartbeat));
  expect(stall.dueMs).toBe(1_000);
});

test.each(["event: message_stop\ndata: {}\n\n", 'data: {"a":1}\n\n', "x"])("content is: %j", (text) => {
  const { world, stall } = watched();
  world.now = 500;
  stall.take(Buffer.from(text));
  expect(stall.dueMs).toBe(600);
});

test("time in which the client takes nothing does not count", () => {
  const { world, stall } = watched();
  stall.take(content);
  world.now = 40;
  stall.pause();
  expect(stall.dueMs).toBe(Number.POSITIVE_INFINITY);
  world.now = 5_000;
  stall.resume();
  expect(stall.dueMs).toBe(5_060);
});

test("a stalled call is aborted and told as timed out, one that the client left is not", () => {
  const { call, stall } = watched();
  call.abort();
  const error = new Error("aborted");
  expect([stall.signal.aborted, stall.explain(error)]).toEqual([true, error]);
  const { stall: other } = watched();
  other.onDue();
  expect(other.signal.aborted).toBe(true);
  const told = other.explain(error);
  expect(isProviderError(told) && told.failure.kind).toBe("timed-out");
});
