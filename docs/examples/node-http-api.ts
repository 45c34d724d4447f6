import type { Governance } from "@drawbridge/governance";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { type CallModel, governedText, readBody, refusalOf } from "./governed-text.ts";

/** `POST /text` with `{ model, prompt, maxTokens }` answers in pieces, under governance. */
export function nodeHttpApi(governance: Governance, callModel: CallModel): Server {
  return createServer((request, response) => {
    answer(governance, callModel, { request, response }).catch((error: unknown) => refuse(response, error));
  });
}

async function answer(
  governance: Governance,
  callModel: CallModel,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const body = readBody(await json(request));
  const { headers, socket } = request;
  const token = headers.authorization?.replace(/^Bearer /u, "");
  const asked = { ...body, token, headers, address: socket.remoteAddress };
  for await (const text of governedText(governance, asked, callModel)) {
    // Leaving the loop ends the answer's account as well.
    if (response.destroyed) return;
    response.write(text);
  }
  response.end();
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, message, retryAfterSeconds } = refusalOf(error);
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: message }));
}
