import { existsSync } from "node:fs";
import path from "node:path";
import type { Arguments } from "./cli/parse-arguments.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { isLoopback } from "./config/is-loopback.ts";
import type { GatewayEnv } from "./env.ts";
import type { Address } from "./serving/listen.ts";
import { StartError } from "./start-error.ts";

/** The configuration file in force: `--config`, else `DRAWBRIDGE_CONFIG`, else `drawbridge.yaml` here if there is one. */
export function chooseConfigPath(args: Pick<Arguments, "config">, env: GatewayEnv, cwd: string): string | undefined {
  const named = args.config ?? env.configPath;
  if (named !== undefined) return path.resolve(cwd, named);
  const usual = path.resolve(cwd, "drawbridge.yaml");
  return existsSync(usual) ? usual : undefined;
}

/**
 * Where to listen: the command line, else the environment, else the configuration. Throws a StartError for an address
 * that others can reach while nobody is named who may administer the gateway.
 */
export function chooseAddress(args: Arguments, env: GatewayEnv, settings: GatewayConfig["server"]): Address {
  const host = args.host ?? settings.host;
  const adminToken = settings.adminToken ?? env.adminToken;
  if (!isLoopback(host) && adminToken === undefined) {
    throw new StartError(
      `"${host}" can be reached from other machines, which needs an admin token: ` +
        "set DRAWBRIDGE_ADMIN_TOKEN or server.adminToken, or listen on 127.0.0.1",
    );
  }
  return { host, port: args.port ?? env.port ?? settings.port };
}

/** The URL of a server on this machine, as a client writes it. */
export function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
