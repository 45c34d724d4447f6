import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../network/free-port.ts";
import type { Wires } from "../world.ts";
import { type OwnedProcess, startProcess } from "./start-process.ts";

/** One gateway of a campaign. */
export interface Replica {
  readonly url: string;
  readonly process: OwnedProcess;
  readonly wires: Wires;
  /** Starts it again after it has ended, with the same folder and port. */
  restart(): Promise<void>;
  /** Puts its clock wrong by so much; 0 puts it right. */
  skewClock(byMs: number): Promise<void>;
}

/** How a gateway is started. */
export interface ReplicaOptions {
  /** Holds its configuration, its state and its log. */
  readonly folder: string;
  readonly config: object;
  readonly defect: string | undefined;
  readonly wires: Wires;
}

const script = fileURLToPath(new URL("./replica.js", import.meta.url));
const clock = new URL("./skew-clock.js", import.meta.url).href;

/** Starts a gateway in a process of its own and waits until it is ready. */
export async function startReplica({ folder, config, defect, wires }: ReplicaOptions): Promise<Replica> {
  const port = await freePort();
  const configPath = join(folder, "drawbridge.yaml");
  const clockPath = join(folder, "clock");
  await writeFile(clockPath, "0");
  // JSON is YAML too.
  await writeFile(configPath, JSON.stringify(config));
  const url = `http://127.0.0.1:${port}`;
  let starts = 0;
  const start = async (): Promise<OwnedProcess> => {
    starts += 1;
    const started = startProcess({
      command: process.execPath,
      args: ["--import", clock, script, "--config", configPath, "--port", String(port)],
      cwd: folder,
      env: {
        NODE_ENV: "production",
        DRAWBRIDGE_HOME: join(folder, "state"),
        CHAOS_CLOCK_FILE: clockPath,
        ...(defect !== undefined && { CHAOS_DEFECT: defect }),
      },
      logPath: join(folder, `gateway-${starts}.log`),
    });
    await started.until(() => isReady(url));
    return started;
  };
  let current = await start();
  return {
    url,
    wires,
    get process() {
      return current;
    },
    async restart() {
      await current.end("SIGKILL");
      current = await start();
    },
    skewClock: (byMs) => writeFile(clockPath, String(byMs)),
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
