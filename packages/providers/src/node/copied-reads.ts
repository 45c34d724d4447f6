import type { OnReadOpts, Socket } from "node:net";

/** Most of what providers send at a time is shorter. */
const readBytes = 16 * 1024;

/**
 * How sockets read: into one buffer for all of them, of which each keeps a copy of what is its own. Left to itself, Node takes
 * 64 KB for each read, and a stream whose client is slow holds two of those however little is in them.
 */
export function copiedReads(): OnReadOpts {
  return { buffer: Buffer.alloc(readBytes), callback: pushCopy };
}

/** Called as a method of the socket, as soon as a read is over and before the next one. False lets no more come until the reader asks. */
function pushCopy(this: Socket, bytes: number, buffer: Uint8Array): boolean {
  return this.push(Buffer.from(buffer.subarray(0, bytes)));
}
