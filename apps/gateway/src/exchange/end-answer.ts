import type { ServerResponse } from "node:http";

/** A client that takes nothing of its answer for this long is left; what it was sent would be kept for ever. */
export const deafAfterMs = 60_000;

/** Ends an answer, with the last or all of its bytes. */
export function endAnswer(outgoing: ServerResponse, body?: Uint8Array): void {
  outgoing.end(body);
  if (outgoing.writableLength > 0) outgoing.setTimeout(deafAfterMs, () => outgoing.destroy());
}
