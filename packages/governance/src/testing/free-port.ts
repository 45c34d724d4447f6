import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below those that systems give to connections: one that nobody listens on for a while must not be taken by one. A node of
 * a Redis Cluster listens 10,000 above as well.
 */
const [first, last] = [10_000, 22_000];

/** A loopback port that nobody listens on now, nor is likely to until a server is started there, or started again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      // Somebody listens there; another one will do.
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
