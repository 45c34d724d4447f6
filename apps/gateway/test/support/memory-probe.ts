import { setImmediate as turn } from "node:timers/promises";

// Loaded before the gateway, which knows nothing of it, with --expose-gc: on SIGUSR2 it prints what is still held.
let readings = 0;

process.on("SIGUSR2", () => void read());

async function read(): Promise<void> {
  // Memory outside the heap is given back in a later turn than the object that had it.
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  readings += 1;
  process.stdout.write(`${JSON.stringify({ reading: readings, heldBytes: heapUsed + external, rssBytes: rss })}\n`);
}
