import type { ProviderAnswer } from "./provider-answers.ts";

const crlf = Buffer.from("\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");

/**
 * An answer as HTTP/1.1 writes it over a connection that stays open, one array for each write: a whole one is one write; of
 * a stream each piece is one and its end another.
 */
export function wireWrites({ contentType, pieces }: ProviderAnswer, at: Date): Uint8Array[] {
  if (contentType === "application/json") {
    const body = Buffer.concat(pieces);
    return [Buffer.concat([head({ "content-type": contentType, "content-length": body.length }, at), body])];
  }
  const fields = { "content-type": contentType, "cache-control": "no-cache", "transfer-encoding": "chunked" };
  const chunks = pieces.map((piece) => Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, crlf]));
  return [...chunks, lastChunk].map((bytes, index) => (index === 0 ? Buffer.concat([head(fields, at), bytes]) : bytes));
}

function head(fields: Readonly<Record<string, string | number>>, at: Date): Uint8Array {
  const own = { ...fields, date: at.toUTCString(), connection: "keep-alive", "keep-alive": "timeout=60" };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join("")}\r\n`);
}
