import { type AddressRange, inRanges } from "@drawbridge/governance";
import type { IncomingMessage } from "node:http";

/**
 * Where a request comes from: the other end of its connection, or, when that is a trusted proxy, the last address of
 * `x-forwarded-for` that is none. What stands before that may have been written by the client itself. Undefined when a
 * trusted proxy does not tell.
 */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, "socket" | "headers">,
  trusted: readonly AddressRange[],
): string | undefined {
  const peer = socket.remoteAddress;
  if (peer === undefined || trusted.length === 0 || !inRanges(peer, trusted)) return peer;
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  return forwarded.map(bare).findLast((address) => !inRanges(address, trusted)) || undefined;
}

/** The address without the port and brackets that some proxies write. */
function bare(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text.trim()) ?? [];
  return bracketed ?? plain ?? text.trim();
}
