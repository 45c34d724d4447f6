import type { Server } from "node:net";

/** How many connections one address may hold, and who hears of those that are refused. */
export interface ConnectionLimit {
  readonly perAddress: number;
  /** Called for the first connection that is refused, and again after the address has given one back. */
  readonly onRefused: (address: string) => void;
}

/** Closes each connection at once that is one too many from its address. */
export function limitConnections(server: Server, { perAddress, onRefused }: ConnectionLimit): void {
  const held = new Map<string, number>();
  const full = new Set<string>();
  server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const count = held.get(address) ?? 0;
    if (count >= perAddress) {
      if (!full.has(address)) onRefused(address);
      full.add(address);
      socket.destroy();
      return;
    }
    held.set(address, count + 1);
    socket.once("close", () => {
      const left = (held.get(address) ?? 1) - 1;
      if (left === 0) held.delete(address);
      else held.set(address, left);
      full.delete(address);
    });
  });
}
