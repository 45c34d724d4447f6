import { once } from "node:events";
import { createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createKeepAlive, type KeepAlive } from "../serving/keep-alive.ts";
import { ClientStream } from "./client-stream.ts";
import { endAnswer } from "./end-answer.ts";

const server = createServer();
let nowMs = 0;
let keepAlive: KeepAlive;

afterEach(() => {
  keepAlive.close();
  server.closeAllConnections();
  server.close();
});

/** A client that takes nothing of its answer, and the gateway's side of it. */
async function deaf(): Promise<{ readonly outgoing: ServerResponse; readonly stream: ClientStream }> {
  keepAlive = createKeepAlive({ silenceMs: 20, clock: () => nowMs });
  nowMs = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const call = get({ port, host: "127.0.0.1" }, (answer) => void answer.on("error", () => undefined));
  call.on("error", () => undefined);
  const [, outgoing] = (await once(server, "request")) as [unknown, ServerResponse];
  const stream = new ClientStream({
    outgoing,
    headers: () => ({}),
    ping: "event: ping\n\n",
    keepAlive,
    clock: () => nowMs,
  });
  return { outgoing, stream };
}

const flood = new Uint8Array(16 * 1024 * 1024);

test("a client that takes nothing for a minute is left, and whoever waits for it goes on", async () => {
  const { outgoing, stream } = await deaf();
  stream.commit();
  const sent = stream.send(flood);
  nowMs = 59_999;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(outgoing.destroyed).toBe(false);
  nowMs = 60_000;
  await sent;
  expect(outgoing.destroyed).toBe(true);
});

test("an answer that has ended waits no longer than a minute for its client to take it", async () => {
  const { outgoing, stream } = await deaf();
  stream.close();
  endAnswer(outgoing, flood);
  expect(outgoing.socket?.timeout).toBe(60_000);
  outgoing.socket?.emit("timeout");
  expect(outgoing.destroyed).toBe(true);
});
