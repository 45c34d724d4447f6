import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A Redis that the benchmark has started. */
export interface StartedRedis {
  readonly client: Redis;
  stop(): Promise<void>;
}

/** Starts a Redis on loopback; undefined on a machine that has none. */
export async function startRedis(): Promise<StartedRedis | undefined> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-redis-"));
  const args = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", ""];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  const client = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: null, retryStrategy: () => 20 });
  // It listens some moments after its start.
  client.on("error", () => {});
  await client.ping();
  return {
    client,
    stop: async () => {
      client.disconnect();
      const left = once(server, "exit");
      server.kill("SIGKILL");
      await left;
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || address === null) throw new Error("there is no free port");
  return address.port;
}
