import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { providerAnswer, wholeBody, wireEvents } from "./provider-answers.ts";
import { wireWrites } from "./wire-writes.ts";

/** What an HTTP client reads of an answer. */
async function read(writes: readonly Uint8Array[]): Promise<Response> {
  const server = createServer((socket) => {
    socket.once("data", () => {
      for (const bytes of writes) socket.write(bytes);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  const text = await answer.text();
  server.close();
  return new Response(text, answer);
}

const at = new Date(0);

test("a whole answer is one write, and says how long it is", async () => {
  const writes = wireWrites(providerAnswer("messages", { kind: "whole", eventsPerWrite: 16 }), at);
  expect(writes).toHaveLength(1);
  const answer = await read(writes);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(await answer.text()).toBe(wholeBody("messages"));
});

test("each piece of a stream is a write, and its end another", async () => {
  const writes = wireWrites(providerAnswer("chat", { kind: "stream", eventsPerWrite: 16 }), at);
  expect(writes).toHaveLength(14);
  const answer = await read(writes);
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  expect(await answer.text()).toBe(wireEvents("chat").join(""));
});
