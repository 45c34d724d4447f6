import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What a wire does to the bytes on it. */
export type WireState =
  | { readonly kind: "open" }
  | { readonly kind: "blackhole" } // takes connections and bytes, and passes on nothing
  | { readonly kind: "refusing" } // cuts what is there and what comes
  | { readonly kind: "slow"; readonly latencyMs: number };

/** A wire between two processes that can be broken. */
export interface FaultProxy {
  readonly port: number;
  /** Has it be like this from now on. */
  set(state: WireState): void;
  close(): Promise<void>;
}

/** Starts a wire to a port of this machine, or to that which is asked for with each connection; nothing is wrong with it. */
export async function startFaultProxy(target: number | (() => number)): Promise<FaultProxy> {
  let state: WireState = { kind: "open" };
  const sockets = new Set<Socket>();
  // What a blackhole has swallowed is delivered when the wire is whole again, as TCP would by sending it once more.
  let held: (() => void)[] = [];

  const pass = (to: Socket, bytes: Buffer): void => {
    if (state.kind === "blackhole") held.push(() => pass(to, bytes));
    else if (state.kind === "slow") setTimeout(() => to.writable && to.write(bytes), state.latencyMs);
    else if (to.writable) to.write(bytes);
  };
  const track = (socket: Socket, peer: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("data", (bytes) => pass(peer, bytes));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      sockets.delete(socket);
      peer.destroy();
    });
  };
  const listener = createServer((client) => {
    if (state.kind === "refusing") return void client.destroy();
    const server = connect(typeof target === "number" ? target : target(), "127.0.0.1");
    track(client, server);
    track(server, client);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    set(next) {
      state = next;
      if (next.kind === "refusing") cutAll();
      if (next.kind === "blackhole") return;
      const waiting = held;
      held = [];
      for (const deliver of waiting) deliver();
    },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        cutAll();
      }),
  };
}
