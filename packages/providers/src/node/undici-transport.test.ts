import type * as http from "node:http";
import * as net from "node:net";
import * as zlib from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { isProviderError } from "../errors.ts";
import { readBody } from "../read-body.ts";
import { Loopback, post } from "../test/loopback.ts";
import type { Call, Transport } from "../transport.ts";
import { undiciTransport, type UndiciTransportOptions } from "./undici-transport.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());

function transportFor(options: UndiciTransportOptions = {}): Transport {
  const transport = undiciTransport(options);
  loopback.onClose(() => transport.close());
  return transport;
}

const never = new AbortController().signal;

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await readBody(body, 1e9));
}

/** The failure with which the whole call ends, at its head or in its body. */
async function failureOf(transport: Transport, call: Call, signal = never) {
  try {
    const reply = await transport.send(call, signal);
    await text(reply.body);
  } catch (error) {
    if (isProviderError(error)) return error.failure;
    throw error;
  }
  throw new Error("the call succeeded");
}

/** Measured in campaigns: elsewhere other processes take the processor away, and nothing else would ever end it. */
const atOnceMs = process.env["DRAWBRIDGE_CAMPAIGN"] === "1" ? 100 : 10_000;
const small = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const oneTick = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Calls and waits until undici has put the connection back into its pool, which takes a turn of the event loop. */
async function callAndReturn(transport: Transport, url: string): Promise<string> {
  const body = await text((await transport.send(post(url), never)).body);
  await oneTick();
  return body;
}

describe("a call that goes well", () => {
  test("carries method, path, query, headers and body, and gives status, headers and body back", async () => {
    const origin = await loopback.http((request, response) => {
      let received = "";
      request.on("data", (chunk: Buffer) => (received += chunk.toString()));
      request.on("end", () => {
        response.setHeader("X-Twice", ["a", "b"]);
        response.statusCode = 201;
        response.end(JSON.stringify([request.method, request.url, request.headers, received]));
      });
    });
    const reply = await transportFor().send(post(`${origin}/v1/x?beta=true`), never);
    expect(reply.status).toBe(201);
    expect(reply.headers["x-twice"]).toBe("a, b");
    const [method, url, headers, body] = JSON.parse(await text(reply.body));
    expect([method, url, body]).toEqual(["POST", "/v1/x?beta=true", '{"hello":"world"}']);
    expect(headers).toMatchObject({
      "accept-encoding": "identity",
      authorization: "Bearer sk-very-secret",
      "content-length": "17",
    });
  });

  test("does not follow a redirect", async () => {
    const origin = await loopback.http((_, response) => void response.writeHead(307, { location: "/else" }).end());
    const reply = await transportFor().send(post(origin), never);
    expect([reply.status, reply.headers["location"], await text(reply.body)]).toEqual([307, "/else", ""]);
  });

  test("uses one connection for one call after the other", async () => {
    const ports = new Set<number | undefined>();
    const origin = await loopback.http((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("ok");
    });
    const transport = transportFor();
    for (let i = 0; i < 5; i += 1) expect(await callAndReturn(transport, origin)).toBe("ok");
    expect(ports.size).toBe(1);
  });

  test("hands over what one network packet brings as one chunk", async () => {
    const chunk = "5\r\nhello\r\n";
    const origin = await loopback.tcp((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        setTimeout(() => socket.write(`${chunk.repeat(50)}0\r\n\r\n`), 20);
      });
    });
    const reply = await transportFor().send(post(origin), never);
    const chunks: number[] = [];
    for await (const bytes of reply.body) chunks.push(bytes.byteLength);
    expect(chunks).toEqual([250]);
  });

  test("holds 1,000 streams open at once and finishes them all", { timeout: 120_000 }, async () => {
    const open: http.ServerResponse[] = [];
    const origin = await loopback.http((_, response) => {
      response.write("first");
      open.push(response);
    });
    const transport = transportFor();
    const call = post(origin, { firstByteMs: 30_000, idleMs: 30_000, connectMs: 30_000, totalMs: 60_000 });
    const replies = await Promise.all(Array.from({ length: 1_000 }, () => transport.send(call, never)));
    expect(open).toHaveLength(1_000);
    for (const response of open) response.end("last");
    const bodies = await Promise.all(replies.map((reply) => text(reply.body)));
    expect(bodies.every((body) => body === "firstlast")).toBe(true);
  });
});

describe("backpressure", () => {
  test("FR-13: a reader that stops reading stops the server's writes", async () => {
    let written = 0;
    const block = Buffer.alloc(64 * 1024);
    const origin = await loopback.http((_, response) => {
      const more = () => {
        let room = true;
        while (room && written < 200e6) {
          room = response.write(block);
          written += block.length;
        }
      };
      response.on("drain", more);
      more();
    });
    const reply = await transportFor().send(post(origin), never);
    const reader = reply.body[Symbol.asyncIterator]();
    await reader.next();
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // What the kernel's socket buffers hold, and little else.
    expect(written).toBeLessThan(16e6);
    for (let read = 0; read < 20e6;) {
      const next = await reader.next();
      read += next.value?.byteLength ?? 0;
    }
    expect(written).toBeGreaterThan(before);
    await reader.return?.();
  });

  test("a reader that pauses for longer than the idle deadline is not cut off", async () => {
    const origin = await loopback.http((_, response) => {
      response.write("a".repeat(100));
      setTimeout(() => response.end("b"), 400);
    });
    const reply = await transportFor().send(post(origin, { idleMs: 150 }), never);
    const reader = reply.body[Symbol.asyncIterator]();
    expect((await reader.next()).value).toHaveLength(100);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await reader.next()).value).toHaveLength(1);
    expect((await reader.next()).done).toBe(true);
  });
});

/**
 * Client and server are one process here: it writes, is busy until after a deadline of 200 ms, and comes to its timers before
 * it comes to its sockets.
 */
function actAndBeBusy(write: () => void): void {
  setTimeout(() => {
    setImmediate(write);
    setImmediate(() => {
      const until = performance.now() + 400;
      while (performance.now() < until);
    });
  }, 20);
}

describe("deadlines", () => {
  test("connect: a server that never finishes the TLS handshake", async () => {
    const origin = await loopback.tcp(() => {});
    const call = post(origin.replace("http:", "https:"), { connectMs: 100 });
    expect(await failureOf(transportFor(), call)).toMatchObject({
      kind: "timed-out",
      message: expect.stringContaining("did not accept a connection within 0.1 s"),
    });
  });

  test("first byte: a server that takes the request and says nothing", async () => {
    const origin = await loopback.tcp(() => {});
    expect(await failureOf(transportFor(), post(origin, { firstByteMs: 100 }))).toMatchObject({
      kind: "timed-out",
      message: expect.stringContaining("began no answer within 0.1 s"),
    });
  });

  test("first byte: counts from when the system has taken the request, however long that takes", async () => {
    const origin = await loopback.http((request, response) => {
      request.pause();
      setTimeout(() => request.resume(), 400);
      request.on("end", () => setTimeout(() => response.end("ok"), 800));
    });
    const call = { ...post(origin, { firstByteMs: 1_000 }), body: new Uint8Array(24 * 1024 * 1024) };
    expect(await text((await transportFor().send(call, never)).body)).toBe("ok");
  });

  test("first byte: a process that was busy when the head came is given it", async () => {
    const origin = await loopback.http((_, response) => actAndBeBusy(() => void response.end("late")));
    const reply = await transportFor().send(post(origin, { firstByteMs: 200 }), never);
    expect(await text(reply.body)).toBe("late");
  });

  test("idle: a server that stops in the middle of its answer", async () => {
    const origin = await loopback.http((_, response) => void response.write("begun"));
    expect(await failureOf(transportFor(), post(origin, { idleMs: 100 }))).toMatchObject({
      kind: "timed-out",
      message: expect.stringContaining("sent nothing for 0.1 s"),
    });
  });

  test("idle: a server that drips is left in peace", async () => {
    const origin = await loopback.http((_, response) => {
      let left = 14;
      const timer = setInterval(() => {
        response.write("x");
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        response.end();
      }, 50);
    });
    const reply = await transportFor().send(post(origin, { idleMs: 500 }), never);
    expect(await text(reply.body)).toBe("x".repeat(14));
  });

  test("idle: a process that was busy when the bytes came is given them", async () => {
    const origin = await loopback.http((_, response) => {
      response.write("a");
      actAndBeBusy(() => void response.end("b"));
    });
    const reply = await transportFor().send(post(origin, { idleMs: 200 }), never);
    expect(await text(reply.body)).toBe("ab");
  });

  test("total: a server that drips for ever", async () => {
    const origin = await loopback.http((_, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    expect(await failureOf(transportFor(), post(origin, { totalMs: 200 }))).toMatchObject({
      kind: "timed-out",
      message: expect.stringContaining("was not complete within 0.2 s"),
    });
  });
});

describe("cancellation", () => {
  /** A server that says when the connection of its only request was closed. */
  async function closingServer(begin: (response: http.ServerResponse) => void) {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<number>();
    const origin = await loopback.http((request, response) => {
      request.socket.on("close", () => closed.resolve(performance.now()));
      begin(response);
      arrived.resolve();
    });
    return { origin, arrived: arrived.promise, closed: closed.promise };
  }

  test("before the head: closes the socket at once", async () => {
    const { origin, arrived, closed } = await closingServer(() => {});
    const controller = new AbortController();
    const failure = failureOf(transportFor(), post(origin), controller.signal);
    await arrived;
    const at = performance.now();
    controller.abort();
    expect((await failure).kind).toBe("cancelled");
    expect((await closed) - at).toBeLessThan(atOnceMs);
  });

  test("in the body: closes the socket at once and ends the reader's wait", async () => {
    const { origin, closed } = await closingServer((response) => void response.write("begun"));
    const controller = new AbortController();
    const reply = await transportFor().send(post(origin), controller.signal);
    const reader = reply.body[Symbol.asyncIterator]();
    await reader.next();
    const waiting = reader.next();
    const at = performance.now();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ failure: { kind: "cancelled" } });
    expect((await closed) - at).toBeLessThan(atOnceMs);
  });

  test("with a reader that does not read: closes the socket at once", async () => {
    const { origin, closed } = await closingServer((response) => void response.write(Buffer.alloc(4e6)));
    const controller = new AbortController();
    await transportFor().send(post(origin), controller.signal);
    await oneTick();
    const at = performance.now();
    controller.abort();
    expect((await closed) - at).toBeLessThan(atOnceMs);
  });

  test("leaving the loop early closes the socket at once", async () => {
    const { origin, closed } = await closingServer((response) => void response.write("begun"));
    const reply = await transportFor().send(post(origin), never);
    let at = 0;
    for await (const _ of reply.body) {
      at = performance.now();
      break;
    }
    expect((await closed) - at).toBeLessThan(atOnceMs);
  });

  test("leaving a compressed body early closes the socket too", async () => {
    const { origin, closed } = await closingServer((response) => {
      response.setHeader("content-encoding", "gzip");
      const gzip = zlib.createGzip();
      gzip.pipe(response);
      gzip.write("begun");
      gzip.flush();
    });
    const reply = await transportFor().send(post(origin), never);
    for await (const _ of reply.body) break;
    await closed;
  });

  test("a signal that is aborted already sends nothing", async () => {
    let connections = 0;
    const origin = await loopback.tcp(() => void (connections += 1));
    expect((await failureOf(transportFor(), post(origin), AbortSignal.abort())).kind).toBe("cancelled");
    await oneTick();
    expect(connections).toBe(0);
  });

  test("while connecting: rejects at once", async () => {
    const origin = await loopback.tcp(() => {});
    const controller = new AbortController();
    const failure = failureOf(
      transportFor(),
      post(origin.replace("http:", "https:"), { connectMs: 300 }),
      controller.signal,
    );
    const at = performance.now();
    controller.abort();
    expect((await failure).kind).toBe("cancelled");
    expect(performance.now() - at).toBeLessThan(atOnceMs);
  });
});

describe("a server that fails", () => {
  test("refused: says so and asks whether it is running", async () => {
    const server = net.createServer();
    const origin = await loopback.listen(server);
    await new Promise((resolve) => void server.close(resolve));
    const failure = await failureOf(transportFor(), post(`${origin}/secret-path?key=secret`));
    expect(failure).toEqual({
      kind: "unreachable",
      message: `${origin} cannot be reached: nothing listens there (connection refused); is it running?`,
    });
  });

  test("unknown host: says that it is the name", async () => {
    const failure = await failureOf(transportFor(), post("http://no-such-host.invalid/v1", { connectMs: 5_000 }));
    expect(failure.kind).toBe("unreachable");
    expect(failure.message).toMatch(/DNS; check the base URL, or the region, resource or account/);
  });

  test("plain HTTP where TLS is asked for: says that it is TLS", async () => {
    const origin = await loopback.http((_, response) => void response.end());
    const failure = await failureOf(transportFor(), post(origin.replace("http:", "https:")));
    expect(failure.kind).toBe("unreachable");
    expect(failure.message).toMatch(/TLS/);
  });

  test.each([
    ["nothing", "", "before it answered"],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-le", "in the middle of the headers"],
    ["half a body", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", "in the middle of its answer"],
    ["half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf", "in the middle of its answer"],
    [
      "half a body with connection: close",
      "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
      "in the middle of its answer",
    ],
  ])("closes after %s: reset", async (_, sent, where) => {
    const origin = await loopback.tcp((socket) => void socket.once("data", () => socket.end(sent)));
    expect(await failureOf(transportFor(), post(origin))).toEqual({
      kind: "reset",
      message: expect.stringContaining(`${origin} closed the connection ${where}`),
      // Only of what got no answer at all nobody knows whether it was done.
      ...(sent === "" && { uncertain: true }),
    });
  });

  test("resets the connection hard: reset, with what came before still readable", async () => {
    const origin = await loopback.tcp((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", () => {
          setTimeout(() => socket.resetAndDestroy(), 50);
        });
      });
    });
    const reply = await transportFor().send(post(origin), never);
    const reader = reply.body[Symbol.asyncIterator]();
    expect((await reader.next()).value).toHaveLength(4);
    await expect(reader.next()).rejects.toMatchObject({ failure: { kind: "reset" } });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    ["something else than HTTP", "220 mail.example ESMTP\r\n", "does not answer in HTTP"],
    [
      "a broken chunk",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n",
      "broke the rules of HTTP in the middle",
    ],
    ["too long a head", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(40_000)}\r\n\r\n`, "more than 16 KB of headers"],
  ])("answers %s: malformed", async (_, sent, what) => {
    const origin = await loopback.tcp((socket) => void socket.once("data", () => socket.write(sent)));
    expect(await failureOf(transportFor(), post(origin))).toEqual({
      kind: "malformed",
      message: expect.stringContaining(what),
    });
  });

  test("tells neither path, query, user, header nor body in a message", async () => {
    const seen: string[] = [];
    for (const sent of ["", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"]) {
      const origin = await loopback.tcp((socket) => void socket.once("data", () => socket.end(sent)));
      const url = `${origin.replace("//", "//user:pass-word@")}/secret-path?key=query-secret`;
      seen.push((await failureOf(transportFor(), post(url))).message);
    }
    expect(seen.join("\n")).not.toMatch(/secret|pass-word|user|hello/);
  });

  test("a header that HTTP cannot carry is an invalid request, told without its value", async () => {
    const call = { ...post("http://127.0.0.1:9/"), headers: { authorization: "Bearer line\nbreak" } };
    const failure = await failureOf(transportFor(), call);
    expect(failure.kind).toBe("invalid-request");
    expect(failure.message).not.toMatch(/line|break/);
  });
});

describe("a stale pooled connection", () => {
  /** Answers the first request of each connection; `second` says what becomes of the next one. */
  async function staleServer(second: (socket: net.Socket, connection: number) => void) {
    let requests = 0;
    const origin = await loopback.tcp((socket, connection) => {
      let here = 0;
      socket.on("data", () => {
        requests += 1;
        here += 1;
        if (here === 1) socket.write(small);
        else second(socket, connection);
      });
    });
    return { origin, requests: () => requests };
  }

  test("is retried silently, once, on a new connection", async () => {
    const { origin, requests } = await staleServer((socket) => void socket.resetAndDestroy());
    const transport = transportFor();
    for (let i = 0; i < 2; i += 1) expect(await callAndReturn(transport, origin)).toBe("ok");
    expect(requests()).toBe(3);
  });

  test("is retried when it was closed politely as well", async () => {
    const { origin, requests } = await staleServer((socket) => void socket.end());
    const transport = transportFor();
    for (let i = 0; i < 2; i += 1) expect(await callAndReturn(transport, origin)).toBe("ok");
    expect(requests()).toBe(3);
  });

  test("is told of a request that is billed and may have arrived, instead of a retry", async () => {
    const { origin, requests } = await staleServer((socket) => void socket.resetAndDestroy());
    const transport = transportFor();
    await callAndReturn(transport, origin);
    const failure = await failureOf(transport, { ...post(origin), isBilled: true });
    expect(failure).toMatchObject({ kind: "reset", uncertain: true, stale: true });
    expect(requests()).toBe(2);
  });

  test("EP-07: is not retried a second time", async () => {
    let requests = 0;
    const origin = await loopback.tcp((socket, connection) => {
      socket.on("data", () => {
        requests += 1;
        if (requests === 1 && connection === 1) socket.write(small);
        else socket.resetAndDestroy();
      });
    });
    const transport = transportFor();
    await callAndReturn(transport, origin);
    expect((await failureOf(transport, post(origin))).kind).toBe("reset");
    expect(requests).toBe(3);
  });

  test("EP-07: is not retried once a byte of the answer has come", async () => {
    const { origin, requests } = await staleServer((socket) => void socket.end("HTTP/1.1 200 O"));
    const transport = transportFor();
    await callAndReturn(transport, origin);
    expect((await failureOf(transport, post(origin))).kind).toBe("reset");
    expect(requests()).toBe(2);
  });

  test("is not retried when the server has worked on the request for a while", async () => {
    const { origin, requests } = await staleServer((socket) => {
      clock += 3_000;
      socket.resetAndDestroy();
    });
    let clock = 0;
    const transport = transportFor({ now: () => clock, staleWithinMs: 2_000 });
    await callAndReturn(transport, origin);
    expect((await failureOf(transport, post(origin))).kind).toBe("reset");
    expect(requests()).toBe(2);
  });

  test("a first request on a new connection is never retried", async () => {
    let requests = 0;
    const origin = await loopback.tcp((socket) => {
      socket.on("data", () => {
        requests += 1;
        socket.resetAndDestroy();
      });
    });
    expect((await failureOf(transportFor(), post(origin))).kind).toBe("reset");
    expect(requests).toBe(1);
  });
});

describe("compression", () => {
  const encoders = {
    gzip: () => zlib.createGzip(),
    deflate: () => zlib.createDeflate(),
    br: () => zlib.createBrotliCompress(),
    zstd: () => zlib.createZstdCompress(),
  };

  test.each(Object.entries(encoders))(
    "BR-09 FR-12: %s gives each event as soon as it is there",
    async (name, encoder) => {
      const compressor = encoder();
      const origin = await loopback.http((_, response) => {
        response.setHeader("content-encoding", name);
        compressor.pipe(response);
        compressor.write("event 1;");
        compressor.flush();
      });
      const reply = await transportFor().send(post(origin), never);
      expect(reply.headers["content-encoding"]).toBeUndefined();
      const reader = reply.body[Symbol.asyncIterator]();
      const decoder = new TextDecoder();
      expect(decoder.decode((await reader.next()).value)).toBe("event 1;");
      compressor.end("event 2;");
      expect(decoder.decode((await reader.next()).value)).toBe("event 2;");
      expect((await reader.next()).done).toBe(true);
    },
  );

  test("two codings one over the other", async () => {
    const origin = await loopback.http((_, response) => {
      response.setHeader("content-encoding", "deflate, gzip");
      response.end(zlib.gzipSync(zlib.deflateSync("twice")));
    });
    expect(await text((await transportFor().send(post(origin), never)).body)).toBe("twice");
  });

  test("broken data is malformed", async () => {
    const origin = await loopback.http((_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end("this is no gzip");
    });
    expect(await failureOf(transportFor(), post(origin))).toMatchObject({ kind: "malformed" });
  });

  test("an unknown coding is malformed and closes the connection", async () => {
    const origin = await loopback.http((_, response) => {
      response.setHeader("content-encoding", "rot13");
      response.write("uryyb");
    });
    expect(await failureOf(transportFor(), post(origin))).toMatchObject({ kind: "malformed" });
  });

  test("a reset in the middle of a compressed body stays a reset", async () => {
    const origin = await loopback.http((_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.write(zlib.gzipSync("x".repeat(1_000)).subarray(0, 20));
      setTimeout(() => response.destroy(), 30);
    });
    expect(await failureOf(transportFor(), post(origin))).toMatchObject({ kind: "reset" });
  });
});

describe("close", () => {
  test("lets a call in flight finish and refuses the next", async () => {
    const origin = await loopback.http((_, response) => {
      response.write("begun ");
      setTimeout(() => response.end("done"), 100);
    });
    const transport = undiciTransport();
    const reply = await transport.send(post(origin), never);
    const closed = transport.close();
    expect(await text(reply.body)).toBe("begun done");
    await closed;
    expect((await failureOf(transport, post(origin))).kind).toBe("cancelled");
  });
});
