// Clients that send a byte of their request now and then, in a process of their own: they are not to slow the test down.
import { connect, type Socket } from "node:net";
import { aliceKey } from "../support/scenario.ts";

const [port = 0, count = 0] = process.argv.slice(2).map(Number);

/** One that drips its head, or its body. */
function drip(index: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).resume();
  const head = `POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-api-key: ${aliceKey}\r\ncontent-length: 100000\r\n`;
  socket.write(index % 2 === 0 ? head : `${head}\r\n{`);
  const timer = setInterval(() => socket.write(index % 2 === 0 ? "x-a: b\r\n" : " "), 500 + (index % 500));
  socket.once("close", () => clearInterval(timer));
  return socket;
}

const sockets = Array.from({ length: count }, (_, index) => drip(index));
process.on("message", () => {
  process.send?.(sockets.filter(({ destroyed, connecting }) => !destroyed && !connecting).length);
});
process.once("disconnect", () => process.exit(0));
