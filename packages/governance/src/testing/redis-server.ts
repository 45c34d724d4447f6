import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster, Redis, type RedisOptions } from "ioredis";

/** Whether tests can start a Redis of their own; where all must run, one that is missing is an error. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis && process.env["CI"] !== undefined) throw new Error("the tests need redis-server; install it");

/** A Redis of a test's own, that can be hurt. Ends with the test's process at the latest. */
export class RedisServer {
  readonly port: number;
  readonly folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;
  readonly #clients: { disconnect(): void }[] = [];

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), "drawbridge-redis-"));
    this.#args = args;
  }

  /** Starts one on a free port; `args` are those of redis-server. */
  static async start(args: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), args);
    await server.run();
    return server;
  }

  /** Starts the process, with what its folder holds. */
  async run(): Promise<void> {
    const plain = ["--bind", "127.0.0.1", "--port", `${this.port}`, "--dir", this.folder, "--save", ""];
    this.#process = spawn("redis-server", [...plain, ...this.#args], { stdio: "ignore" });
    process.off("exit", this.#killAtExit);
    process.once("exit", this.#killAtExit);
    const client = this.client({ retryStrategy: () => 20, maxRetriesPerRequest: null });
    await client.ping();
    client.disconnect();
  }

  /** A client of it, disconnected with it. */
  client(options: Pick<RedisOptions, "port" | "retryStrategy" | "maxRetriesPerRequest"> = {}): Redis {
    const client = new Redis({ host: "127.0.0.1", port: this.port, retryStrategy: () => 20, ...options });
    client.on("error", () => {});
    this.#clients.push(client);
    return client;
  }

  /** Stops its process from answering, without ending it. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets it answer again. */
  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Kills its process. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
    this.#process = undefined;
  }

  /** Ends it with its clients and its folder. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.kill();
    process.off("exit", this.#killAtExit);
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #killAtExit = (): void => {
    this.#process?.kill("SIGKILL");
  };
}

/** Three primaries that share the slots between them. */
export async function startRedisCluster(): Promise<{
  servers: readonly RedisServer[];
  client(): Cluster;
  stop(): Promise<void>;
}> {
  const args = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
  const servers = await Promise.all([0, 1, 2].map(() => RedisServer.start(args)));
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  const create = spawn("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"], { stdio: "ignore" });
  await once(create, "exit");
  const clients: Cluster[] = [];
  const client = (): Cluster => {
    const cluster = new Cluster(servers.map(({ port }) => ({ host: "127.0.0.1", port })));
    cluster.on("error", () => {});
    clients.push(cluster);
    return cluster;
  };
  // Nodes learn of each other some moments later; until then a client is told that the cluster is down.
  for (let isUp = false; !isUp;) {
    const infos = await Promise.all(servers.map((server) => server.client().cluster("INFO")));
    isUp = infos.every((info) => info.includes("cluster_state:ok"));
  }
  const stop = async (): Promise<void> => {
    for (const one of clients) one.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
  };
  return { servers, client, stop };
}

async function freePort(): Promise<number> {
  // A node of a cluster listens on a second port, 10,000 above.
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    if (typeof address === "object" && address !== null && address.port < 55_000) return address.port;
  }
}
