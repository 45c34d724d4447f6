import { createHash } from "node:crypto";
import { createServer as createPlainServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { loopbackCertificate } from "../test/loopback-certificate.ts";
import { Loopback, post } from "../test/loopback.ts";
import { copiedReads } from "./copied-reads.ts";
import { undiciTransport } from "./undici-transport.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());

const never = new AbortController().signal;
setDefaultCACertificates([...getCACertificates(), loopbackCertificate.cert]);

/** Bytes of one stream, other than those of every other. */
function bytesOf(stream: number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >>> 8) + stream * 31) & 0xff));
}

const servers = {
  http: (listener: RequestListener) => createPlainServer(listener),
  https: (listener: RequestListener) => createTlsServer(loopbackCertificate, listener),
};

test.each(["http", "https"] as const)(
  "each of forty streams over %s gets its own bytes, however slowly it is read",
  async (scheme) => {
    const length = 200_000;
    const server = servers[scheme]((request, response) => {
      const bytes = bytesOf(Number(request.url?.slice(1)), length);
      for (let at = 0; at < length; at += 1_999) response.write(bytes.subarray(at, at + 1_999));
      response.end();
    });
    const origin = (await loopback.listen(server)).replace("http:", `${scheme}:`);
    const transport = undiciTransport();
    loopback.onClose(() => transport.close());
    const read = async (stream: number): Promise<string> => {
      const reply = await transport.send(post(`${origin}/${stream}`), never);
      const hash = createHash("sha256");
      for await (const chunk of reply.body) {
        hash.update(chunk);
        await pause(stream % 4);
      }
      return hash.digest("hex");
    };
    const streams = Array.from({ length: 40 }, (_, stream) => stream);
    const told = await Promise.all(streams.map(read));
    expect(told).toEqual(streams.map((stream) => createHash("sha256").update(bytesOf(stream, length)).digest("hex")));
  },
);

test("a socket that nobody reads holds what it may and one read more", async () => {
  const origin = await loopback.tcp((socket) => void socket.write(Buffer.alloc(1024 * 1024)));
  const opened = Promise.withResolvers<void>();
  const socket = connect({ port: Number(new URL(origin).port), onread: copiedReads() }, opened.resolve);
  loopback.onClose(() => void socket.destroy());
  await opened.promise;
  socket.read(0);
  await expect
    .poll(() => socket.readableLength, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(socket.readableHighWaterMark);
  await pause(50);
  expect(socket.readableLength).toBeLessThan(socket.readableHighWaterMark + 16 * 1024);
});
