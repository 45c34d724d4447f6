import { createServer, type ServerResponse } from "node:http";
import {
  providerAnswer,
  type AnswerMode,
  type ProviderAnswer,
  type WireDialect,
} from "../workload/provider-answers.ts";

// A provider that answers at once, in both dialects, with prepared bytes. Started by the benchmark, told over IPC
// how to answer, and asked for its port the same way.

let answers = prepare({ kind: "whole", eventsPerWrite: 16 });
let held = false;
let pauseMs: number | undefined;

function prepare(mode: AnswerMode): Record<WireDialect, ProviderAnswer> {
  return { messages: providerAnswer("messages", mode), chat: providerAnswer("chat", mode) };
}

function isMode(message: unknown): message is AnswerMode {
  return typeof message === "object" && message !== null && "kind" in message && "eventsPerWrite" in message;
}

process.on("message", (message) => {
  if (!isMode(message)) return;
  answers = prepare(message);
  held = message.kind === "held";
  pauseMs = message.pauseMs;
  process.send?.("mode set");
});

function write(response: ServerResponse, answer: ProviderAnswer): void {
  const [only] = answer.pieces;
  if (answer.contentType === "application/json") {
    response.writeHead(200, { "content-type": answer.contentType, "content-length": only?.length ?? 0 });
    response.end(only);
    return;
  }
  response.writeHead(200, { "content-type": answer.contentType, "cache-control": "no-cache" });
  const staysOpen = held;
  let next = 0;
  const goOn = pauseMs === undefined ? setImmediate : (turn: () => void) => setTimeout(turn, pauseMs);
  // Each piece leaves by itself, so that it is a network chunk of its own.
  const writeNext = (): void => {
    const piece = answer.pieces[next++];
    if (piece !== undefined) {
      response.write(piece);
      goOn(writeNext);
      return;
    }
    if (!staysOpen) response.end();
  };
  writeNext();
}

const server = createServer((request, response) => {
  const dialect: WireDialect = request.url?.includes("chat/completions") === true ? "chat" : "messages";
  request.resume();
  request.once("end", () => {
    write(response, answers[dialect]);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.({ port: address.port });
});
process.on("disconnect", () => {
  process.exit(0);
});
