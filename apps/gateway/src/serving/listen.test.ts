import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { limitConnections } from "./limit-connections.ts";
import { listen } from "./listen.ts";

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

test("a client that drips its head is shut out, and one that has said all of it is not", async () => {
  const { server, port } = await listen(
    (_, outgoing) => void setTimeout(() => outgoing.end("here"), 900),
    {
      host: "127.0.0.1",
      port: 0,
    },
    400,
  );
  const patient = await open(port);
  patient.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  const dripping = await open(port);
  dripping.write("GET / HTTP/1.1\r\n");
  const drip = setInterval(() => dripping.write("x-a: b\r\n"), 50);
  const began = performance.now();
  // What it drips into a connection that is closed may reset it before the answer has been read.
  expect(await answerOf(dripping).catch(String)).toMatch(/408|ECONNRESET/u);
  clearInterval(drip);
  expect(performance.now() - began).toBeGreaterThan(300);
  expect(await answerOf(patient)).toContain("here");
  server.close();
});

test("an address that holds as many connections as it may gets no more until it gives one back", async () => {
  const { server, port } = await listen((_, outgoing) => void outgoing.end("here"), { host: "127.0.0.1", port: 0 });
  const told: string[] = [];
  limitConnections(server, { perAddress: 2, onRefused: (address) => told.push(address) });
  const held = [await open(port), await open(port)];
  for (const one of [await open(port), await open(port)]) {
    one.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(await answerOf(one).catch(() => "")).toBe("");
  }
  expect(told).toEqual(["127.0.0.1"]);
  held[0]?.destroy();
  await expect
    .poll(async () => {
      const next = await open(port);
      next.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
      return await answerOf(next).catch(() => "");
    })
    .toContain("here");
  held[1]?.destroy();
  server.close();
});
