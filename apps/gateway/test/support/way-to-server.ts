import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server on this machine that can break and be mended. */
export interface WayToServer {
  readonly port: number;
  /** Breaks all connections, and new ones until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a way to a port. */
export async function wayToServer(targetPort: number): Promise<WayToServer> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const kept = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  };
  const end = (): void => sockets.forEach((socket) => socket.destroy());
  const server = createServer((client) => {
    kept(client);
    if (isCut) return client.destroy();
    const target = kept(connect(targetPort, "127.0.0.1"));
    client.pipe(target).pipe(client);
    client.on("close", () => target.destroy());
    return target.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      end();
    },
    mend: () => void (isCut = false),
    async close() {
      end();
      server.close();
      await once(server, "close");
    },
  };
}
