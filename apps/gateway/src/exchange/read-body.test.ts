import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
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

test("a body in several chunks comes back whole, and the chunks' memory is free at once", async () => {
  const chunks = [ownChunk(70_000, 1), ownChunk(70_000, 2)];
  const body = await readBody(incomingWith(chunks), 1_000_000);
  expect(body).toEqual(Buffer.concat([Buffer.alloc(70_000, 1), Buffer.alloc(70_000, 2)]));
  expect(chunks.map(({ length }) => length)).toEqual([0, 0]);
});

test("chunks that share memory with something else keep it", async () => {
  const memory = Buffer.alloc(12, "drawbridge, ");
  const body = await readBody(incomingWith([memory.subarray(0, 4), memory.subarray(4, 10)]), 1_000);
  expect(body.toString()).toBe("drawbridge");
  expect(memory.toString()).toBe("drawbridge, ");
});

test("a body of one chunk is that chunk", async () => {
  const chunk = ownChunk(10, 7);
  expect(await readBody(incomingWith([chunk]), 10)).toBe(chunk);
});

test("a body above the limit is refused", async () => {
  const read = readBody(incomingWith([ownChunk(6, 1), ownChunk(6, 2)]), 10);
  await expect(read).rejects.toMatchObject({ code: "body-too-large" });
});
