import { expect, test } from "vitest";
import { giveBack } from "./give-back.ts";

function reply(requestWritten?: boolean) {
  const head = { status: 200, headers: {}, body: (async function* () {})() };
  return requestWritten === undefined ? head : { ...head, requestWritten };
}

const long = 32 * 1024;

test("a request that was passed on as it came is empty once it has been written", () => {
  const body = new Uint8Array(long);
  giveBack(body, { body, reply: reply(true) });
  expect(body.byteLength).toBe(0);
});

test("of a request that was translated both forms are given back", () => {
  const [asked, body] = [new Uint8Array(long), new Uint8Array(2 * long)];
  giveBack(asked, { body, reply: reply(true) });
  expect([asked.byteLength, body.byteLength]).toEqual([0, 0]);
});

test("a request that was written into room for more is given back with the room", () => {
  const [asked, room] = [new Uint8Array(long), new Uint8Array(long)];
  const body = room.subarray(0, long - 1_000);
  giveBack(asked, { body, reply: reply(true) });
  expect([asked.byteLength, body.byteLength, room.byteLength]).toEqual([0, 0, 0]);
});

test.each([[false], [undefined]])("a request of which it is %s that it has been written keeps its bytes", (written) => {
  const [asked, body] = [new Uint8Array(long), new Uint8Array(long)];
  giveBack(asked, { body, reply: reply(written) });
  expect([asked.byteLength, body.byteLength]).toEqual([long, long]);
});

test("bytes that share their memory with others are left alone", () => {
  const slab = new Uint8Array(3 * long);
  const body = slab.subarray(0, long);
  giveBack(body, { body, reply: reply(true) });
  expect([body.byteLength, slab.byteLength]).toEqual([long, 3 * long]);
});
