import { createServer, IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import type { Watched } from "@drawbridge/providers/node";
import { readBody } from "./read-body.ts";

function incomingWith(chunks: readonly Uint8Array[]): IncomingMessage {
  const incoming = new IncomingMessage(new Socket());
  for (const chunk of chunks) incoming.push(chunk);
  incoming.push(null);
  return incoming;
}

/** As the HTTP parser gives them: each in memory of its own. */
function ownChunk(bytes: number, filledWith: number): Buffer {
  return Buffer.from(new Uint8Array(bytes).fill(filledWith).buffer);
}

/** Watches by a clock that the test sets. */
function watchAt() {
  const watched = new Set<Watched>();
  let nowMs = 0;
  return {
    watched,
    now: () => nowMs,
    watch: (one: Watched) => void watched.add(one),
    forget: (one: Watched) => void watched.delete(one),
    advanceTo(ms: number) {
      nowMs = ms;
      for (const one of watched) if (one.dueMs <= ms) one.onDue();
    },
  };
}

test("a body in several chunks comes back whole, and the chunks' memory is free at once", async () => {
  const chunks = [ownChunk(70_000, 1), ownChunk(70_000, 2)];
  const body = await readBody(incomingWith(chunks), 1_000_000, watchAt());
  expect(body).toEqual(Buffer.concat([Buffer.alloc(70_000, 1), Buffer.alloc(70_000, 2)]));
  expect(chunks.map(({ length }) => length)).toEqual([0, 0]);
});

test("chunks that share memory with something else keep it", async () => {
  const memory = Buffer.alloc(12, "drawbridge, ");
  const body = await readBody(incomingWith([memory.subarray(0, 4), memory.subarray(4, 10)]), 1_000, watchAt());
  expect(body.toString()).toBe("drawbridge");
  expect(memory.toString()).toBe("drawbridge, ");
});

test("a body of one chunk is that chunk", async () => {
  const chunk = ownChunk(10, 7);
  expect(await readBody(incomingWith([chunk]), 10, watchAt())).toBe(chunk);
});

test("a body that outgrows the room made for it comes back whole, in memory that it shares with nothing", async () => {
  const chunks = Array.from({ length: 30 }, (_, index) => ownChunk(100_000, index));
  const incoming = incomingWith(chunks);
  incoming.headers["content-length"] = "3000000";
  const body = await readBody(incoming, 4_000_000, watchAt());
  expect(body.buffer.byteLength).toBe(3_000_000);
  expect(Array.from({ length: 30 }, (_, index) => body.subarray(index * 100_000, (index + 1) * 100_000))).toEqual(
    Array.from({ length: 30 }, (_, index) => Buffer.alloc(100_000, index)),
  );
});

test("a body whose length nobody has said has memory of its own, and no more than it needs", async () => {
  const body = await readBody(incomingWith([ownChunk(70_000, 1), ownChunk(10, 2)]), 1_000_000, watchAt());
  expect(body.length).toBe(70_010);
  expect(body.buffer.byteLength).toBe(70_010);
});

test("a body above the limit is refused, and no memory of it is left", async () => {
  const chunks = [ownChunk(60_000, 1), ownChunk(60_000, 2), ownChunk(60_000, 3)];
  const read = readBody(incomingWith(chunks), 100_000, watchAt());
  await expect(read).rejects.toMatchObject({ code: "body-too-large" });
  expect(chunks.map(({ length }) => length)).toEqual([0, 0, 0]);
});

test("a body that drips in more slowly than a thousand bytes a second is given up after ten seconds", async () => {
  const incoming = new IncomingMessage(new Socket());
  const watch = watchAt();
  const read = readBody(incoming, 1_000_000, watch);
  const refused = expect(read).rejects.toMatchObject({ code: "body-too-slow" });
  incoming.push(ownChunk(9_000, 1));
  await new Promise(setImmediate);
  watch.advanceTo(9_900);
  expect(watch.watched.size).toBe(1);
  watch.advanceTo(10_000);
  await refused;
  expect(watch.watched.size).toBe(0);
});

test("a body that has come at that pace may pause as long as it is ahead of it", async () => {
  const incoming = new IncomingMessage(new Socket());
  const watch = watchAt();
  const read = readBody(incoming, 1_000_000, watch);
  incoming.push(ownChunk(60_000, 1));
  await new Promise(setImmediate);
  for (let ms = 10_000; ms < 60_000; ms += 5_000) watch.advanceTo(ms);
  incoming.push(ownChunk(10, 1));
  incoming.push(null);
  expect((await read).length).toBe(60_010);
  expect(watch.watched.size).toBe(0);
});

test("a body that comes with its head is read without stopping its connection, whatever a stream holds back", async () => {
  let pauses = 0;
  const server = createServer({ highWaterMark: 16 * 1024 }, (incoming, outgoing) => {
    incoming.socket.on("pause", () => {
      pauses += 1;
    });
    void readBody(incoming, 1_000_000, watchAt()).then((body) => outgoing.end(String(body.length)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: new Uint8Array(200_000) });
  expect([await answer.text(), pauses]).toEqual(["200000", 0]);
  await new Promise((resolve) => server.close(resolve));
});
