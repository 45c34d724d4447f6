// A provider that writes each of its streams as fast as it is taken, in a process of its own. Says its port when it listens.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const totalBytes = 50 * 1024 * 1024;
const text = "x".repeat(200);

function event(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

const message = { id: "msg_1", type: "message", role: "assistant", model: "big", content: [], usage: {} };
const streams = {
  messages: {
    head:
      event("message_start", { message }) +
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    part: event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }).repeat(64),
  },
  chat: {
    head: "",
    part: `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`.repeat(64),
  },
} as const;

function write(response: ServerResponse, part: Buffer, left: number): void {
  for (let rest = left; rest > 0; rest -= part.length) {
    if (response.destroyed) return;
    if (response.write(part)) continue;
    response.once("drain", () => write(response, part, rest - part.length));
    return;
  }
  response.end();
}

const server = createServer((request, response) => {
  request.resume().once("end", () => {
    if (request.method === "GET") return void response.end('{"data":[]}');
    const { head, part } = streams[request.url?.includes("/chat/") === true ? "chat" : "messages"];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(head);
    write(response, Buffer.from(part), totalBytes);
  });
});
server.listen(0, "127.0.0.1", 4_096, () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
