import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { isProviderError } from "../errors.ts";
import { readBody } from "../read-body.ts";
import { Loopback, post } from "../test/loopback.ts";
import { undiciTransport } from "./undici-transport.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());

const never = new AbortController().signal;
const megabyte = 1024 * 1024;
const oneTick = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Bytes of which every part is different. */
function bodyOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index ^ (index >>> 8) ^ (index >>> 16)) & 0xff);
}

function transport() {
  // A connection that was closed is told late on a busy machine.
  const made = undiciTransport({ staleWithinMs: 60_000 });
  loopback.onClose(() => made.close());
  return made;
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await readBody(body, 1e9));
}

test.each([256 * 1024, 256 * 1024 + 1, 3 * megabyte])(
  "a body of %i bytes arrives whole, with its length",
  async (length) => {
    const origin = await loopback.http((request, response) => {
      const hash = createHash("sha256");
      const { "content-length": told, "transfer-encoding": coding } = request.headers;
      request.on("data", (chunk: Buffer) => hash.update(chunk));
      request.on("end", () => response.end(JSON.stringify([told, coding, hash.digest("hex")])));
    });
    const body = bodyOf(length);
    const reply = await transport().send({ ...post(origin), body }, never);
    const hash = createHash("sha256").update(body).digest("hex");
    expect(JSON.parse(await text(reply.body))).toEqual([String(length), null, hash]);
  },
);

/** A server that breaks off the second request it gets before it has read any of it. Notes how much it read of each other one. */
async function breaksSecond(): Promise<{
  readonly origin: string;
  readonly lengths: number[];
  readonly requests: () => number;
}> {
  const lengths: number[] = [];
  let requests = 0;
  const origin = await loopback.http((request, response) => {
    requests += 1;
    request.pause();
    if (requests === 2) return void request.socket.resetAndDestroy();
    let bytes = 0;
    request.on("data", (chunk: Buffer) => (bytes += chunk.length));
    request.on("end", () => {
      lengths.push(bytes);
      response.end("ok");
    });
    request.resume();
  });
  return { origin, lengths, requests: () => requests };
}

test("a long body meets a stale connection and is sent once more, whole", async () => {
  const { origin, lengths } = await breaksSecond();
  const client = transport();
  for (let count = 0; count < 2; count++) {
    const reply = await client.send({ ...post(origin), body: bodyOf(megabyte) }, never);
    expect(await text(reply.body)).toBe("ok");
    await oneTick();
  }
  expect(lengths).toEqual([megabyte, megabyte]);
});

test("a billed request that cannot have arrived whole on a stale connection is sent once more, whole", async () => {
  const { origin, lengths, requests } = await breaksSecond();
  const client = transport();
  // More than systems take ahead of a server that reads nothing.
  for (const length of [megabyte, 24 * megabyte]) {
    const reply = await client.send({ ...post(origin), body: bodyOf(length), isBilled: true }, never);
    expect(await text(reply.body)).toBe("ok");
    await oneTick();
  }
  expect(lengths).toEqual([megabyte, 24 * megabyte]);
  expect(requests()).toBe(3);
});

test("a server may answer before it has read a long body", async () => {
  const origin = await loopback.http((request, response) => {
    request.pause();
    response.writeHead(413).write("too ");
    setTimeout(() => response.end("long"), 50);
  });
  const reply = await transport().send({ ...post(origin), body: bodyOf(12 * megabyte) }, never);
  expect(reply.status).toBe(413);
  expect(await text(reply.body)).toBe("too long");
});

test("a server that breaks off in the middle of a long body is a broken connection", async () => {
  const origin = await loopback.http((request) => {
    request.once("data", () => request.socket.resetAndDestroy());
  });
  const error: unknown = await transport()
    .send({ ...post(origin), body: bodyOf(12 * megabyte) }, never)
    .catch((thrown: unknown) => thrown);
  expect(isProviderError(error) && error.failure.kind).toBe("reset");
});

test("a call that is cancelled in the middle of a long body closes its connection", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<boolean>();
  const stop = new AbortController();
  const origin = await loopback.http((request) => {
    request.once("data", () => stop.abort());
    request.socket.once("close", () => resolve(true));
  });
  const sent = transport().send({ ...post(origin), body: bodyOf(12 * megabyte) }, stop.signal);
  await expect(sent).rejects.toThrow("cancelled");
  expect(await closed).toBe(true);
});

test("a request counts as written only once its server has taken all of it", async () => {
  const { promise: reads, resolve: read } = Promise.withResolvers<void>();
  const origin = await loopback.http((request, response) => {
    request.pause();
    response.writeHead(200).flushHeaders();
    void reads.then(() => request.resume());
    request.on("end", () => response.end("ok"));
  });
  const reply = await transport().send({ ...post(origin), body: new Uint8Array(16 * megabyte) }, never);
  expect(reply.requestWritten).toBe(false);
  read();
  expect(await text(reply.body)).toBe("ok");
  expect(reply.requestWritten).toBe(true);
});

test("a request that was sent twice does not count as written", async () => {
  let requests = 0;
  const origin = await loopback.http((request, response) => {
    requests += 1;
    if (requests === 2) return void request.socket.resetAndDestroy();
    request.resume().on("end", () => response.end("ok"));
  });
  const client = transport();
  const written: unknown[] = [];
  for (let count = 0; count < 2; count++) {
    const reply = await client.send({ ...post(origin), body: bodyOf(megabyte) }, never);
    expect(await text(reply.body)).toBe("ok");
    written.push(reply.requestWritten);
    await oneTick();
  }
  expect([requests, written]).toEqual([3, [true, false]]);
});
