import { createServer, type RequestListener, type Server } from "node:http";
import { joinWrites } from "@drawbridge/providers/node";

/** Where a server should listen; port 0 takes a free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A head takes no longer, however slow the line; a client that drips it byte by byte holds a socket for nothing. */
const patienceMs = 10_000;

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  /** The port it got. */
  readonly port: number;
}

/** Starts an HTTP server. Throws an Error that says what to do when the address cannot be had. */
export async function listen(
  handler: RequestListener,
  { host, port }: Address,
  headWithinMs = patienceMs,
): Promise<Listening> {
  const server = createServer(
    {
      // Longer than the idle time of the usual load balancers, so that they and not we close idle connections.
      keepAliveTimeout: 75_000,
      // A 30 MB body over a slow line takes its time.
      requestTimeout: 300_000,
      headersTimeout: headWithinMs,
      connectionsCheckingInterval: headWithinMs / 4,
      noDelay: true,
      // What waits for a slow client, beyond what the system takes: an answer is read no faster than it is taken.
      highWaterMark: 16 * 1024,
    },
    handler,
  );
  server.on("connection", joinWrites);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(new Error(cannotListen({ host, port }, cause), { cause })),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : port };
}

function cannotListen({ host, port }: Address, { code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE")
    return `port ${port} on ${host} is taken; stop what listens there or choose another with --port`;
  if (code === "EACCES") return `this user may not listen on port ${port}; choose one above 1023 with --port`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `"${host}" is no address of this machine; choose another with --host`;
  return `cannot listen on ${host}:${port}: ${message}`;
}
