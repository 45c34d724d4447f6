import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";

/** False where tests of a cluster are left out; CI has to have `redis-server`. */
export const hasRedisServer = spawnSync("redis-server", ["--version"]).status === 0 || process.env["CI"] !== undefined;

/** Three primaries of a test's own that share the slots between them. */
export interface RedisCluster {
  /** `redis://127.0.0.1:…` of each. */
  readonly urls: readonly string[];
  /** How many keys each has. */
  sizes(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Starts a cluster on free ports; the processes end with this one at the latest. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), "drawbridge-cluster-"));
  const ports = await Promise.all([0, 1, 2].map(freePort));
  const nodes = ports.map((port) => startNode(folder, port));
  const clients = ports.map((port) => quietClient(port));
  const killAll = (): void => nodes.forEach((node) => node.kill("SIGKILL"));
  process.once("exit", killAll);
  await Promise.all(clients.map((client) => client.ping()));
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  await once(spawn("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"], { stdio: "ignore" }), "exit");
  // Nodes learn of each other some moments later; until then a client is told that the cluster is down.
  for (let isUp = false; !isUp;) {
    const infos = await Promise.all(clients.map((client) => client.cluster("INFO")));
    isUp = infos.every((info) => info.includes("cluster_state:ok"));
  }
  return {
    urls: addresses.map((address) => `redis://${address}`),
    sizes: () => Promise.all(clients.map((client) => client.dbsize())),
    async stop() {
      for (const client of clients) client.disconnect();
      const ended = nodes.filter(({ exitCode }) => exitCode === null).map((node) => once(node, "exit"));
      killAll();
      await Promise.all(ended);
      process.off("exit", killAll);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startNode(folder: string, port: number): ChildProcess {
  const plain = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", "", "--cluster-enabled", "yes"];
  return spawn("redis-server", [...plain, "--cluster-config-file", `nodes-${port}.conf`], { stdio: "ignore" });
}

function quietClient(port: number): Redis {
  return new Redis({ host: "127.0.0.1", port, retryStrategy: () => 20, maxRetriesPerRequest: null }).on(
    "error",
    () => undefined,
  );
}

/** A node of a cluster listens on a second port, 10,000 above. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    if (typeof address === "object" && address !== null && address.port < 55_000) return address.port;
  }
}
