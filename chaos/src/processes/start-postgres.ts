import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, chown, glob, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@drawbridge/governance/testing";
import { Client } from "pg";
import { type OwnedProcess, startProcess } from "./start-process.ts";

const run = promisify(execFile);

/** A PostgreSQL of the campaign's own. */
export interface OwnedPostgres {
  readonly port: number;
  readonly user: string;
  readonly process: OwnedProcess;
  /** Starts it again on the same port, after it has ended; it recovers by itself. */
  restart(): Promise<void>;
  /** Signals all of its processes: those that serve connections go on while only the first one stands still. */
  signal(name: NodeJS.Signals): void;
}

const user = "drawbridge";

/**
 * Makes a cluster in a folder and starts it. Needs PostgreSQL's server programs, on the path or where Debian puts them.
 * As root, which PostgreSQL refuses, everything runs as the user `postgres`.
 */
export async function startPostgres(scratch: string): Promise<OwnedPostgres> {
  const folder = join(scratch, "postgres");
  await mkdir(folder, { recursive: true });
  const as = await ownerFor(folder, scratch);
  const bin = await binaries();
  await run(...as.command(join(bin, "initdb"), ["-D", folder, "-U", user, "--auth=trust", "--encoding=UTF8"]));
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
  const flags = ["-D", folder, ...settings.flatMap((setting) => ["-c", setting])];
  const start = async (): Promise<OwnedProcess> => {
    const [command, args] = as.command(join(bin, "postgres"), flags);
    const started = startProcess({ command, args, cwd: folder, logPath: join(scratch, "postgres.log") });
    await started.until(() => answers(port));
    return started;
  };
  let current = await start();
  return {
    port,
    user,
    get process() {
      return current;
    },
    async restart() {
      await current.end("SIGKILL");
      current = await start();
    },
    signal(name) {
      current.signal(name);
      for (const pid of childrenOf(current.pid)) signalIfThere(pid, name);
    },
  };
}

function childrenOf(parent: number | undefined): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/u.test(name)) return [];
    try {
      // Behind the name, which may hold anything, come the state and the parent.
      const [, ppid] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return Number(ppid) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

interface Owner {
  command(program: string, args: readonly string[]): [string, string[]];
}

/** Who PostgreSQL is to run as, with the folder made theirs. */
async function ownerFor(folder: string, scratch: string): Promise<Owner> {
  if (process.getuid?.() !== 0) return { command: (program, args) => [program, [...args]] };
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error("there is no user postgres");
  await chmod(scratch, 0o755);
  await chown(folder, uid, gid);
  // setpriv replaces itself by the program, so the pid that is killed is the server's.
  const flags = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"];
  return { command: (program, args) => ["setpriv", [...flags, program, ...args]] };
}

async function binaries(): Promise<string> {
  const found: string[] = [];
  for await (const path of glob("/usr/lib/postgresql/*/bin")) found.push(path);
  for (const path of (process.env["PATH"] ?? "").split(":")) {
    if (await stat(join(path, "initdb")).catch(() => undefined)) found.push(path);
  }
  const newest = found.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  if (newest === undefined) throw new Error("PostgreSQL is not installed: neither initdb nor postgres was found");
  return newest;
}

async function answers(port: number): Promise<boolean> {
  const client = new Client({ host: "127.0.0.1", port, user, database: "postgres" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
