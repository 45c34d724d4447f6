import { afterEach, expect, test } from "vitest";
import { isProviderError } from "./errors.ts";
import { fetchTransport } from "./fetch-transport.ts";
import { readBody } from "./read-body.ts";
import { Loopback, post } from "./test/loopback.ts";
import type { Call } from "./transport.ts";

const loopback = new Loopback();
afterEach(() => loopback.close());
const never = new AbortController().signal;

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await readBody(body, 1e6));
}

async function failureOf(call: Call, signal = never) {
  try {
    await text((await fetchTransport().send(call, signal)).body);
  } catch (error) {
    if (isProviderError(error)) return error.failure;
    throw error;
  }
  throw new Error("the call succeeded");
}

test("carries a call and gives status, headers and body back", async () => {
  const origin = await loopback.http((request, response) => {
    response.statusCode = 201;
    response.setHeader("x-path", request.url ?? "");
    request.on("data", (chunk: Buffer) => response.write(chunk));
    request.on("end", () => response.end());
  });
  const reply = await fetchTransport().send(post(`${origin}/v1/x?y=1`), never);
  expect([reply.status, reply.headers["x-path"]]).toEqual([201, "/v1/x?y=1"]);
  expect(await text(reply.body)).toBe('{"hello":"world"}');
});

test("does not follow a redirect", async () => {
  const origin = await loopback.http((_, response) => void response.writeHead(307, { location: "/else" }).end());
  expect((await fetchTransport().send(post(origin), never)).status).toBe(307);
});

test("refused: unreachable, without path or query in the message", async () => {
  const failure = await failureOf(post("http://127.0.0.1:1/secret?secret"));
  expect(failure.kind).toBe("unreachable");
  expect(failure.message).not.toContain("secret");
});

test("reset in the middle of the body", async () => {
  const origin = await loopback.tcp((socket) => {
    socket.once("data", () => void socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"));
  });
  expect((await failureOf(post(origin))).kind).toBe("reset");
});

test.each([
  ["began no answer within 0.1 s", { connectMs: 50, firstByteMs: 50 }, ""],
  ["sent nothing for 0.1 s", { idleMs: 100 }, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"],
  ["did not complete its answer within 0.1 s", { totalMs: 100 }, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"],
])("a provider that %s: timed out", async (message, deadlines, sent) => {
  const origin = await loopback.tcp((socket) => void socket.once("data", () => socket.write(sent)));
  expect(await failureOf(post(origin, deadlines))).toMatchObject({
    kind: "timed-out",
    message: expect.stringContaining(message),
  });
});

test("cancelling closes the connection", async () => {
  const closed = Promise.withResolvers<void>();
  const controller = new AbortController();
  const origin = await loopback.http((request, response) => {
    request.socket.on("close", () => closed.resolve());
    response.write("begun");
  });
  const reply = await fetchTransport().send(post(origin), controller.signal);
  const reading = text(reply.body);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ failure: { kind: "cancelled" } });
  await closed.promise;
});

test("a signal that is aborted already cancels", async () => {
  expect((await failureOf(post("http://127.0.0.1:1/"), AbortSignal.abort())).kind).toBe("cancelled");
});

test("leaving the loop early closes the connection", async () => {
  const closed = Promise.withResolvers<void>();
  const origin = await loopback.http((request, response) => {
    request.socket.on("close", () => closed.resolve());
    response.write("begun");
  });
  const reply = await fetchTransport().send(post(origin), never);
  for await (const _ of reply.body) break;
  await closed.promise;
});
