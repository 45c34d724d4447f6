import { createServer, type Socket } from "node:net";
import { providerAnswer, type AnswerMode, type WireDialect } from "../workload/provider-answers.ts";
import { wireWrites } from "../workload/wire-writes.ts";
import { RequestReader } from "./request-reader.ts";

// A provider that answers at once, in both dialects, with prepared bytes. Started by the benchmark, told over IPC
// how to answer, and asked for its port the same way. It is no HTTP server of Node's, which would cost half of what the
// bare proxy does: what is measured is to be what everybody waits for.

type Answers = Record<WireDialect, readonly Uint8Array[]>;

let answers = prepare({ kind: "whole", eventsPerWrite: 16 });
let pauseMs: number | undefined;

function prepare(mode: AnswerMode): Answers {
  const now = new Date();
  const writes = (dialect: WireDialect): readonly Uint8Array[] => {
    const all = wireWrites(providerAnswer(dialect, mode), now);
    return mode.kind === "held" ? all.slice(0, -1) : all;
  };
  return { messages: writes("messages"), chat: writes("chat") };
}

function isMode(message: unknown): message is AnswerMode {
  return typeof message === "object" && message !== null && "kind" in message && "eventsPerWrite" in message;
}

process.on("message", (message) => {
  if (!isMode(message)) return;
  answers = prepare(message);
  pauseMs = message.pauseMs;
  process.send?.("mode set");
});

function write(socket: Socket, writes: readonly Uint8Array[]): void {
  let next = 0;
  const goOn = pauseMs === undefined ? setImmediate : (turn: () => void) => setTimeout(turn, pauseMs);
  // Each leaves by itself, so that it is a network chunk of its own.
  const writeNext = (): void => {
    const bytes = writes[next++];
    if (bytes === undefined || socket.destroyed) return;
    socket.write(bytes);
    if (next < writes.length) goOn(writeNext);
  };
  writeNext();
}

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new RequestReader();
  socket.on("data", (chunk: Buffer) => {
    const target = reader.take(chunk);
    if (target !== undefined) write(socket, answers[target.includes("chat/completions") ? "chat" : "messages"]);
  });
  // Whoever resets a connection has left.
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.({ port: address.port });
});
process.on("disconnect", () => {
  process.exit(0);
});
