import { spawn } from "node:child_process";
import { once } from "node:events";
import { Cluster } from "ioredis";
import { RedisServer } from "./redis-server.ts";

/** Three primaries of a test's own that share the slots between them. */
export interface RedisCluster {
  readonly servers: readonly RedisServer[];
  /** A client of all of them, disconnected with them. */
  client(): Cluster;
  stop(): Promise<void>;
}

/** Starts a cluster on free ports. Ends with the test's process at the latest. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const args = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
  const servers = await Promise.all([0, 1, 2].map(() => RedisServer.start(args)));
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  const create = spawn("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"], { stdio: "ignore" });
  await once(create, "exit");
  const clients: Cluster[] = [];
  // Nodes learn of each other some moments later; until then a client is told that the cluster is down.
  const asked = servers.map((server) => server.client());
  for (let isUp = false; !isUp;) {
    const infos = await Promise.all(asked.map((client) => client.cluster("INFO")));
    isUp = infos.every((info) => info.includes("cluster_state:ok"));
  }
  return {
    servers,
    client() {
      const cluster = new Cluster(servers.map(({ port }) => ({ host: "127.0.0.1", port })));
      cluster.on("error", () => {});
      clients.push(cluster);
      return cluster;
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
