import { describe, expect, test } from "vitest";
import { isProviderError } from "@drawbridge/providers";
import type { Watched } from "@drawbridge/providers/node";
import { Stall } from "./stall.ts";

function begun(): ReturnType<typeof watched> {
  const scene = watched();
  scene.stall.begin();
  return scene;
}

function watched() {
  const world = { now: 0, hasNext: false };
  const call = new AbortController();
  const deadlines = { firstByteMs: 1_000, idleMs: 100, thinkingMs: 400 };
  const route = { signal: call.signal, firstContentMs: 300, hasNext: () => world.hasNext };
  const clients = new Set<Watched>();
  const keepAlive = {
    watch: (client: Watched) => void clients.add(client),
    forget: (client: Watched) => void clients.delete(client),
  };
  const stall = new Stall({ deadlines, clock: () => world.now, keepAlive, route });
  return { world, call, clients, stall };
}

const writing = { committed: true, thinking: false };
const content = Buffer.from('event: content_block_delta\ndata: {"type":"content_block_delta"}\n\n');

test("the first content has until the first byte's deadline, what follows until that of silence", () => {
  const { world, stall } = begun();
  expect(stall.dueMs).toBe(1_000);
  world.now = 900;
  stall.take(content, writing);
  expect(stall.dueMs).toBe(1_000);
  world.now = 950;
  stall.take(content, writing);
  expect(stall.dueMs).toBe(1_050);
});

test("a model that has not begun, or thinks, may be silent for longer than one that writes", () => {
  const { world, stall } = begun();
  world.now = 900;
  stall.headed();
  expect(stall.dueMs).toBe(1_900);
  stall.take(content, { committed: false, thinking: true });
  expect(stall.dueMs).toBe(1_900);
  stall.take(content, { committed: true, thinking: true });
  expect(stall.dueMs).toBe(1_300);
  stall.take(content, writing);
  expect(stall.dueMs).toBe(1_000);
});

test.each([
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: ping\ndata: {"type":"ping"}\n\nevent: ping\ndata: {"type":"ping"}\n\n',
  ": keep-alive\n\n",
  ":\r\n\r\n",
])("a heartbeat is no sign of life: %j", (heartbeat) => {
  const { world, stall } = begun();
  world.now = 500;
  stall.take(Buffer.from(heartbeat), writing);
  expect(stall.dueMs).toBe(1_000);
});

test.each(["event: message_stop\ndata: {}\n\n", 'data: {"a":1}\n\n', "x"])("content is: %j", (text) => {
  const { world, stall } = begun();
  world.now = 500;
  stall.take(Buffer.from(text), writing);
  expect(stall.dueMs).toBe(600);
});

test("time in which the client takes nothing does not count", () => {
  const { world, stall } = begun();
  stall.take(content, writing);
  world.now = 40;
  stall.pause();
  expect(stall.dueMs).toBe(Number.POSITIVE_INFINITY);
  world.now = 5_000;
  stall.resume();
  expect(stall.dueMs).toBe(5_060);
});

test("a stalled call is aborted and told as timed out, one that the client left is not", () => {
  const { call, stall } = begun();
  call.abort();
  const error = new Error("aborted");
  expect([stall.signal.aborted, stall.explain(error)]).toEqual([true, error]);
  const { stall: other } = begun();
  other.onDue();
  expect(other.signal.aborted).toBe(true);
  const told = other.explain(error);
  expect(isProviderError(told) && told.failure.kind).toBe("timed-out");
});

describe("a place that does not begin", () => {
  test("is given up before its own deadline while there is another one to ask", () => {
    const { world, stall } = watched();
    expect(stall.dueMs).toBe(300);
    world.now = 300;
    world.hasNext = true;
    stall.onDue();
    expect(stall.signal.aborted).toBe(true);
    expect(stall.failure).toMatchObject({ kind: "timed-out", uncertain: true });
  });

  test("is waited for until its own deadline when there is no other", () => {
    const { world, stall } = watched();
    world.now = 300;
    stall.onDue();
    expect([stall.signal.aborted, stall.dueMs]).toEqual([false, 1_000]);
    world.now = 1_000;
    stall.onDue();
    expect(stall.signal.aborted).toBe(true);
  });

  test("is not helped by a head that is no content", () => {
    const { world, stall } = watched();
    world.now = 250;
    stall.take(content, writing);
    expect(stall.dueMs).toBe(300);
    stall.begin();
    expect(stall.dueMs).toBe(350);
  });
});

test("a call is watched until it is closed, cut off or ended from outside", () => {
  const { clients, stall } = watched();
  expect(clients).toEqual(new Set([stall]));
  stall.close();
  expect([clients.size, stall.signal.aborted]).toEqual([0, false]);
  const { clients: others, stall: broken } = watched();
  broken.cutOff();
  expect([others.size, broken.signal.aborted]).toEqual([0, true]);
  const { call, clients: losers, stall: loser } = watched();
  call.abort();
  expect([losers.size, loser.signal.aborted]).toEqual([0, true]);
});

test("many heartbeats before something else are looked at in no time", () => {
  const { world, stall } = begun();
  world.now = 500;
  stall.take(Buffer.from(`${":\n\n".repeat(42)}x`), writing);
  expect(stall.dueMs).toBe(600);
});
