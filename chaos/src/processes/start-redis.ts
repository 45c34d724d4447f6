import { copyFile, mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "@drawbridge/governance/testing";
import { Redis } from "ioredis";
import { type OwnedProcess, startProcess } from "./start-process.ts";

/** A Redis of the campaign's own. */
export interface OwnedRedis {
  readonly port: number;
  readonly process: OwnedProcess;
  /** Starts it again on the same port, with nothing in it. */
  restart(): Promise<void>;
  /** Forgets everything, as an operator can make it. */
  flush(): Promise<void>;
  /** Keeps what it knows now for `rewind`. */
  keepSnapshot(): Promise<void>;
  /** Starts it again with what was kept, as a restored backup or a replica that was behind would be. */
  rewind(): Promise<void>;
}

/** Starts Redis in a folder; it writes snapshots only when it is told to. Needs `redis-server` on the path. */
export async function startRedis(scratch: string): Promise<OwnedRedis> {
  const folder = join(scratch, "redis");
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const args = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "no"];
  const start = async (): Promise<OwnedProcess> => {
    const started = startProcess({
      command: "redis-server",
      args,
      cwd: folder,
      logPath: join(scratch, "redis.log"),
    });
    await started.until(() => accepts(port));
    return started;
  };
  let current = await start();
  const live = join(folder, "dump.rdb");
  const kept = join(folder, "kept.rdb");
  return {
    port,
    get process() {
      return current;
    },
    async restart() {
      await current.end("SIGKILL");
      await rm(live, { force: true });
      current = await start();
    },
    flush: () => ask(port, (redis) => redis.flushall()),
    async keepSnapshot() {
      await ask(port, (redis) => redis.save());
      await copyFile(live, kept);
    },
    async rewind() {
      await current.end("SIGKILL");
      await copyFile(kept, live);
      current = await start();
    },
  };
}

async function ask(port: number, command: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis({ host: "127.0.0.1", port });
  try {
    await command(redis);
  } finally {
    redis.disconnect();
  }
}

/** Whether somebody listens on a port of this machine. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
