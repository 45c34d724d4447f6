import * as http from "node:http";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import type { Call, Deadlines } from "../transport.ts";

/** Servers of one test on loopback ports, closed together when it is over. */
export class Loopback {
  readonly #closers: (() => Promise<unknown> | void)[] = [];

  /** Also closes this, before whatever was opened earlier. */
  onClose(close: () => Promise<unknown> | void): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
  }

  /** An HTTP server. Gives its origin. */
  async http(handler: (request: http.IncomingMessage, response: http.ServerResponse) => void): Promise<string> {
    // A client that stands still on a busy machine finds its connection open.
    const server = http.createServer({ keepAliveTimeout: 600_000 }, handler);
    const origin = await this.listen(server);
    this.onClose(() => server.closeAllConnections());
    return origin;
  }

  /** A TCP server that is told each connection and its number, and may answer as wrongly as it likes. */
  async tcp(onConnection: (socket: net.Socket, number: number) => void): Promise<string> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      onConnection(socket, sockets.size);
    });
    const origin = await this.listen(server);
    this.onClose(() => sockets.forEach((socket) => socket.destroy()));
    return origin;
  }

  async listen(server: net.Server): Promise<string> {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    this.onClose(() => new Promise((resolve) => void server.close(resolve)));
    const address = server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }
}

export const patient: Deadlines = { connectMs: 60_000, firstByteMs: 60_000, idleMs: 60_000, totalMs: 100_000 };

/** A small POST with a credential in its headers. */
export function post(url: string, deadlines: Partial<Deadlines> = {}): Call {
  const body = new TextEncoder().encode('{"hello":"world"}');
  const headers = { "content-type": "application/json", authorization: "Bearer sk-very-secret" };
  return { method: "POST", url, headers, body, deadlines: { ...patient, ...deadlines } };
}
