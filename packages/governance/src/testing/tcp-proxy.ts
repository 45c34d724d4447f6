import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A way to a server that can fail as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** Lets nothing through any more, and tells nobody: as a cable that is pulled out. New connections are silent too. */
  freeze(): void;
  /** Lets through again what comes over new connections; the frozen ones stay so. */
  thaw(): void;
  /** Breaks all connections, and new ones as well until {@link TcpProxy.mend}. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a proxy in front of a server on this machine, or of that which is asked for with each connection. */
export async function tcpProxy(targetPort: number | (() => number)): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let state: "open" | "frozen" | "cut" = "open";
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (state === "cut") return client.destroy();
    if (state === "frozen") return client.pause();
    const target = keep(connect(typeof targetPort === "number" ? targetPort : targetPort(), "127.0.0.1"));
    client.pipe(target).pipe(client);
    client.on("close", () => target.destroy());
    return target.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: isTcp(address) ? address.port : 0,
    freeze() {
      state = "frozen";
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw: () => void (state = "open"),
    cut() {
      state = "cut";
      for (const socket of sockets) socket.destroy();
    },
    mend: () => void (state = "open"),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return address !== null && typeof address === "object";
}
