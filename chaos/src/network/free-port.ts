import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { listenOnLoopback } from "./listen-on-loopback.ts";

/** Below those that systems give to connections: one that nobody listens on for a while must not be taken by one. */
const [first, last] = [15_000, 30_000];

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    try {
      const port = await listenOnLoopback(server, randomInt(first, last));
      await new Promise((resolve) => server.close(resolve));
      return port;
    } catch {
      // Somebody listens there; another one will do.
    }
  }
}
