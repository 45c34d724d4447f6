import { once } from "node:events";
import { connect } from "node:net";
import { aliceKey } from "../support/scenario.ts";

/** A request as bytes, which may be wrong in every way. */
export interface RawRequest {
  /** Lines of the head beside the usual ones; none of them says how long the body is. */
  readonly head?: readonly string[];
  readonly body?: readonly (string | Uint8Array)[];
  /** The client closes its side when it has written all. */
  readonly ends?: boolean;
}

/** Sends it and gives the status of the answer, and what it says; 0 where the connection is closed without one. */
export async function sendRaw(port: number, { head = [], body = [], ends }: RawRequest): Promise<[number, string]> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("error", () => undefined).on("data", (chunk: Buffer) => (answer += chunk.toString("latin1")));
  const lines = [
    "POST /anthropic/v1/messages HTTP/1.1",
    "host: a",
    "connection: close",
    `x-api-key: ${aliceKey}`,
    ...head,
  ];
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const part of [`${lines.join("\r\n")}\r\n\r\n`, ...body]) {
    if (socket.destroyed) break;
    if (!socket.write(part)) await Promise.race([once(socket, "drain").catch(() => undefined), closed]);
  }
  if (ends === true) socket.end();
  await closed;
  const [, status = "0", text = ""] = /^HTTP\/1\.1 (\d{3})[^]*?\r\n\r\n([^]*)$/.exec(answer) ?? [];
  return [Number(status), text];
}

/** A body with its length said beforehand. */
export function whole(body: string | Uint8Array, ...head: string[]): RawRequest {
  return { head: [`content-length: ${Buffer.byteLength(body)}`, ...head], body: [body] };
}

/** A body in chunks of so many bytes. */
export function chunked(body: string | Uint8Array, bytes: number): RawRequest {
  const all = Buffer.from(body);
  const parts: Buffer[] = [];
  for (let at = 0; at < all.length; at += bytes) {
    const part = all.subarray(at, at + bytes);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return { head: ["transfer-encoding: chunked"], body: [...parts, "0\r\n\r\n"] };
}
