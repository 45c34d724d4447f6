import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RunningGateway, startGateway } from "../../src/start-gateway.ts";
import { exchangeLines } from "./exchange-lines.ts";
import type { GatewayProcess } from "./start-gateway.ts";

/** A gateway in the test's own process: the same line from socket to socket, without the second it takes to start one. */
export interface GatewayHere extends Pick<GatewayProcess, "url" | "output" | "exchanges" | "printed"> {
  close: RunningGateway["close"];
  /** Writes another configuration, and takes it over. */
  reload(config: object): Promise<boolean>;
}

/** Starts a gateway here on a free port, with a configuration and an empty environment. */
export async function startGatewayHere(config: object): Promise<GatewayHere> {
  const folder = await mkdtemp(path.join(tmpdir(), "drawbridge-gateway-"));
  const configFile = path.join(folder, "drawbridge.yaml");
  // JSON is YAML too.
  await writeFile(configFile, JSON.stringify(config));
  let output = "";
  const watchers = new Set<() => void>();
  const write = (text: string): void => {
    output += text;
    for (const watch of watchers) watch();
  };
  const sink = { write };
  const gateway = await startGateway({
    argv: ["--config", configFile, "--port", "0"],
    env: { HOME: folder },
    cwd: folder,
    stdout: sink,
    logTo: sink,
  });
  return {
    url: gateway.url,
    output: () => output,
    exchanges: () => exchangeLines(output),
    printed(enough) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const watch = (): void => {
        if (enough()) resolve();
      };
      const timer = setTimeout(() => reject(new Error(`the gateway has only printed:\n${output}`)), 30_000);
      watchers.add(watch);
      watch();
      return promise.finally(() => {
        clearTimeout(timer);
        watchers.delete(watch);
      });
    },
    async reload(next) {
      await writeFile(configFile, JSON.stringify(next));
      return gateway.reload();
    },
    async close(how) {
      await gateway.close(how);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
