import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exchangeLines } from "./exchange-lines.ts";

const main = path.resolve(import.meta.dirname, "../../src/main.ts");
const withShortLeases = path.join(import.meta.dirname, "short-leases.ts");

/** A gateway in a process of its own, as a user starts it. */
export interface GatewayProcess extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  readonly configFile: string;
  readonly pid: number | undefined;
  /** Everything printed so far. */
  output(): string;
  /** The lines of its log that describe exchanges. */
  exchanges(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves once `enough` says so of what was printed; rejects after half a minute. */
  printed(enough: () => boolean): Promise<void>;
  /** Sends a signal; `ended` tells how the process took it. */
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
  close(): Promise<void>;
}

export interface GatewayStart {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Flags for Node. */
  readonly nodeFlags?: readonly string[];
  /** Holds last so long unless they are renewed, and as long again until they expire; as long as for users unless told. */
  readonly leaseMs?: number;
}

/** Starts the real gateway on a free port with a configuration, given as an object or as YAML. Rejects when it exits. */
export async function startGateway(config: object | string, start: GatewayStart = {}): Promise<GatewayProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), "drawbridge-gateway-"));
  const configFile = path.join(folder, "drawbridge.yaml");
  // JSON is YAML too.
  await writeFile(configFile, typeof config === "string" ? config : JSON.stringify(config));
  const child = spawn(
    process.execPath,
    [
      ...(start.nodeFlags ?? []),
      "--conditions=@drawbridge/source",
      start.leaseMs === undefined ? main : withShortLeases,
      "--config",
      configFile,
      "--port",
      "0",
      ...(start.args ?? []),
    ],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder, LEASE_MS: String(start.leaseMs), ...start.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  const watchers = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
    for (const watch of watchers) watch();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const printed = (enough: () => boolean): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watch = (): void => {
      if (enough()) resolve();
    };
    const timer = setTimeout(() => reject(new Error(`the gateway has only printed:\n${output}`)), 30_000);
    void ended.then((code) => reject(new Error(`the gateway ended with ${code}:\n${output}`)));
    watchers.add(watch);
    watch();
    return promise.finally(() => {
      clearTimeout(timer);
      watchers.delete(watch);
    });
  };
  const close = async (): Promise<void> => {
    // SIGTERM would have load balancers notice first.
    child.kill("SIGINT");
    const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(force);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await printed(() => listening(output) !== undefined);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: listening(output) ?? "",
    configFile,
    pid: child.pid,
    output: () => output,
    exchanges: () => exchangeLines(output),
    printed,
    signal: (name) => void child.kill(name),
    ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listening(output: string): string | undefined {
  return /listen\w* on (http:\/\/127\.0\.0\.1:\d+)/i.exec(output)?.[1];
}
