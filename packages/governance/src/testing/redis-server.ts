import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis, type RedisOptions } from "ioredis";
import { freePort } from "./free-port.ts";

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
    for (let tries = 1; ; tries++) {
      const server = new RedisServer(await freePort(), args);
      try {
        await server.run();
        return server;
      } catch (error) {
        await server.stop();
        // Somebody was quicker at the port.
        if (tries === 3) throw error;
      }
    }
  }

  /** Where it is. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the process, with what its folder holds. Rejects when it ends before it answers. */
  async run(): Promise<void> {
    const plain = ["--bind", "127.0.0.1", "--port", `${this.port}`, "--dir", this.folder, "--save", ""];
    const started = spawn("redis-server", [...plain, ...this.#args], { stdio: "ignore" });
    this.#process = started;
    process.off("exit", this.#killAtExit);
    process.once("exit", this.#killAtExit);
    const client = this.client({ retryStrategy: () => 20, maxRetriesPerRequest: null });
    const ended = once(started, "exit").then(([code]) => {
      throw new Error(`redis-server on port ${this.port} has ended with ${code} before it answered`);
    });
    const told = await Promise.race([client.info("server"), ended]);
    client.disconnect();
    if (!told.includes(`process_id:${started.pid}\r`)) throw new Error(`another Redis listens on port ${this.port}`);
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
