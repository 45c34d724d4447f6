import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { loopbackCertificate } from "../test/loopback-certificate.ts";
import { Loopback } from "../test/loopback.ts";
import { joinWrites } from "./join-writes.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());

const ways = {
  TCP: {
    listen: (take: (other: Socket) => void): Server => createServer(take),
    connect: (port: number): Socket => connect(port, "127.0.0.1"),
  },
  TLS: {
    listen: (take: (other: Socket) => void): Server => createTlsServer(loopbackCertificate, take),
    connect: (port: number): Socket => connectTls({ port, host: "127.0.0.1", ca: loopbackCertificate.cert }),
  },
};

/** A socket whose writes are joined, its other end, and all that its other end has been sent once it has ended. */
async function pair(
  over: keyof typeof ways = "TCP",
): Promise<{ readonly socket: Socket; readonly other: Promise<Socket>; readonly received: Promise<Buffer> }> {
  const all = Promise.withResolvers<Buffer>();
  const taken = Promise.withResolvers<Socket>();
  const server = ways[over].listen((other) => {
    taken.resolve(other);
    const chunks: Buffer[] = [];
    other.on("data", (chunk: Buffer) => chunks.push(chunk));
    other.on("end", () => all.resolve(Buffer.concat(chunks)));
    other.on("error", all.reject);
  });
  const origin = await loopback.listen(server);
  const socket = ways[over].connect(Number(new URL(origin).port));
  loopback.onClose(() => void socket.destroy());
  joinWrites(socket);
  return { socket, other: taken.promise, received: all.promise };
}

/** Tells how often a socket has handed something over by itself, and not in a list. */
function countSingles(socket: Socket): () => number {
  let singles = 0;
  const write = socket._write.bind(socket);
  socket._write = (...written) => {
    singles += 1;
    write(...written);
  };
  return () => singles;
}

type Written = string | Uint8Array;

const text = fc
  .array(fc.constantFrom("a", "é", "ÿ", "€", "𐍈", "\0", "\r\n"), { maxLength: 40 })
  .map((all) => all.join(""));
const bytes = fc.uint8Array({ maxLength: 12_000, size: "max" });

test.each(["TCP", "TLS"] as const)(
  "what is written over %s while a socket is corked arrives as it was written",
  async (over) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(text, bytes), fc.constantFrom("latin1" as const, "utf8" as const)), {
          minLength: 1,
          maxLength: 6,
        }),
        async (pieces) => {
          const { socket, received } = await pair(over);
          socket.cork();
          for (const [piece, encoding] of pieces) put(socket, piece, encoding);
          socket.uncork();
          socket.end();
          const wanted = pieces.map(([piece, encoding]) =>
            typeof piece === "string" ? Buffer.from(piece, encoding) : Buffer.from(piece),
          );
          expect(Buffer.compare(await received, Buffer.concat(wanted))).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  },
);

function put(socket: Socket, piece: Written, encoding: BufferEncoding): void {
  if (typeof piece === "string") socket.write(piece, encoding);
  else socket.write(piece);
}

test.each([
  ["a short head and a short body are", Buffer.from("{}"), 1],
  ["a head and a body that is long are not", Buffer.alloc(9_000), 0],
])("%s handed over as one", async (_what, body, times) => {
  const { socket, received } = await pair();
  await new Promise((resolve) => socket.once("connect", resolve));
  const singles = countSingles(socket);
  socket.cork();
  socket.write("POST / HTTP/1.1\r\n\r\n", "latin1");
  socket.write(body);
  socket.uncork();
  expect(singles()).toBe(times);
  socket.end();
  expect(await received).toHaveLength(19 + body.length);
});

test("a socket whose other end does not read is left to write pieces, and all of them arrive", async () => {
  const { socket, other, received } = await pair();
  await new Promise((resolve) => socket.once("connect", resolve));
  (await other).pause();
  const singles = countSingles(socket);
  const piece = "x".repeat(4_000);
  let written = 0;
  while (socket.writableLength === 0) written += corked(socket, piece);
  const joined = singles();
  for (let more = 0; more < 10; more++) written += corked(socket, piece);
  (await other).resume();
  await expect.poll(() => socket.writableLength).toBe(0);
  written += corked(socket, piece);
  expect(singles()).toBe(joined);
  socket.end();
  expect(await received).toHaveLength(written);
});

/** Writes a text in two pieces; gives its length. */
function corked(socket: Socket, piece: string): number {
  socket.cork();
  socket.write(piece, "latin1");
  socket.write(piece, "latin1");
  socket.uncork();
  return 2 * piece.length;
}

test("every write is told when it is over, also when the socket has gone", async () => {
  const { socket } = await pair();
  const told: (string | undefined)[] = [];
  const note = (error?: Error | null): void => void told.push(error?.name);
  socket.cork();
  socket.write("a", "latin1", note);
  socket.write(Buffer.from("b"), note);
  socket.uncork();
  await expect.poll(() => told).toEqual([undefined, undefined]);
  socket.on("error", () => undefined);
  socket.destroy();
  socket.write("c", "latin1", note);
  await expect.poll(() => told.length).toBe(3);
  expect(told[2]).toBe("Error");
});
