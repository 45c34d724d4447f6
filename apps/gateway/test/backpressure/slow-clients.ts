// Clients that take a kilobyte of their answer a second, and some that take nothing, in a process of their own.
import { connect } from "node:net";
import { aliceKey } from "../support/scenario.ts";

const [port = 0, count = 0, deaf = 0] = process.argv.slice(2, 5).map(Number);
const model = process.argv[5];

const body = JSON.stringify({
  model,
  max_tokens: 64_000,
  stream: true,
  messages: [{ role: "user", content: "Write for as long as you can. ".repeat(1_500) }],
});
const head = `POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-api-key: ${aliceKey}\r\ncontent-type: application/json\r\n`;

/** How many have been answered. */
const seen = { answered: 0 };

/** So many wait for their answer at a time, lest a busy machine take too long over the first of them. */
const atOnce = 20;
let opened = 0;

function openNext(): void {
  if (opened < count) listen((opened += 1) - 1);
}

function listen(index: number): void {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  socket.once("readable", () => {
    const answer = String(socket.read(1_024));
    if (!answer.startsWith("HTTP/1.1 200")) throw new Error(answer);
    seen.answered += 1;
    openNext();
  });
  const timer = setInterval(() => index >= deaf && socket.read(1_024), 1_000);
  socket.once("close", () => clearInterval(timer));
  socket.on("error", () => undefined);
}

for (let index = 0; index < atOnce; index++) openNext();
process.on("message", () => process.send?.(seen));
process.once("disconnect", () => process.exit(0));
