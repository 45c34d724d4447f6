import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@drawbridge/governance/testing";
import type { Wires } from "../world.ts";
import { giveOrders, noOrders, type Orders } from "./orders.ts";
import { type OwnedProcess, startProcess } from "./start-process.ts";

/** One gateway of a campaign. */
export interface Replica {
  readonly url: string;
  readonly process: OwnedProcess;
  readonly wires: Wires;
  /** All that its gateways have printed, those that are gone too. */
  output(): string;
  /** Starts it again after it has ended, with the same folder and port, as soon as its stores let it. */
  restart(): Promise<void>;
  /** Has it do something out of the ordinary, until it is told otherwise. */
  order(orders: Orders): void;
}

/** How a gateway is started. */
export interface ReplicaOptions {
  /** Holds its configuration, its state and its log. */
  readonly folder: string;
  readonly config: object;
  readonly defect: string | undefined;
  readonly wires: Wires;
  readonly leaseMs: number;
}

/** A store that is away when a gateway starts ends it; by then it has to be back. */
const startsWithinMs = 60_000;
const script = fileURLToPath(new URL("./replica.js", import.meta.url));
const clock = new URL("./skew-clock.js", import.meta.url).href;

/** Starts a gateway in a process of its own and waits until it is ready. */
export async function startReplica({ folder, config, defect, wires, leaseMs }: ReplicaOptions): Promise<Replica> {
  const port = await freePort();
  const configPath = join(folder, "drawbridge.yaml");
  const ordersPath = join(folder, "orders");
  giveOrders(ordersPath, noOrders);
  // JSON is YAML too.
  await writeFile(configPath, JSON.stringify(config));
  const url = `http://127.0.0.1:${port}`;
  const logs: string[] = [];
  const start = async (): Promise<OwnedProcess> => {
    const logPath = join(folder, `gateway-${logs.length}.log`);
    logs.push(logPath);
    const started = startProcess({
      command: process.execPath,
      args: ["--import", clock, script, "--config", configPath, "--port", String(port)],
      cwd: folder,
      env: {
        NODE_ENV: "production",
        DRAWBRIDGE_HOME: join(folder, "state"),
        CHAOS_ORDERS: ordersPath,
        CHAOS_LEASE_MS: String(leaseMs),
        ...(defect !== undefined && { CHAOS_DEFECT: defect }),
      },
      logPath,
    });
    await started.until(() => isReady(url));
    return started;
  };
  const startPatiently = async (): Promise<OwnedProcess> => {
    for (const deadline = Date.now() + startsWithinMs; ;) {
      try {
        return await start();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  };
  let current = await start();
  return {
    url,
    output: () => logs.map((path) => readFileSync(path, "utf8")).join(""),
    wires,
    get process() {
      return current;
    },
    async restart() {
      await current.end("SIGKILL");
      current = await startPatiently();
    },
    order: (orders) => giveOrders(ordersPath, orders),
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
