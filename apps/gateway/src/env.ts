import path from "node:path";
import { Secret } from "@drawbridge/providers";

/** What the environment says about the gateway. */
export interface GatewayEnv {
  /** `DRAWBRIDGE_CONFIG`: path of the configuration. */
  readonly configPath: string | undefined;
  /** `PORT`: over the configuration's port; 0 takes a free one. */
  readonly port: number | undefined;
  /** `DRAWBRIDGE_ADMIN_TOKEN` */
  readonly adminToken: Secret | undefined;
  /** `DRAWBRIDGE_HOME`, else `.drawbridge` in the working directory: where the gateway keeps what it must remember. */
  readonly stateDirectory: string;
  /** Everything, for `${VAR}` in the configuration and for finding providers' keys. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the environment; an empty variable counts as none. Nothing else in the gateway looks at it.
 * Throws a TypeError when `PORT` is no port.
 */
export function readEnv(variables: GatewayEnv["variables"], cwd = process.cwd()): GatewayEnv {
  const adminToken = given(variables["DRAWBRIDGE_ADMIN_TOKEN"]);
  return {
    configPath: given(variables["DRAWBRIDGE_CONFIG"]),
    port: portOf(given(variables["PORT"])),
    adminToken: adminToken === undefined ? undefined : new Secret(adminToken),
    stateDirectory: path.resolve(cwd, given(variables["DRAWBRIDGE_HOME"]) ?? ".drawbridge"),
    variables,
  };
}

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new TypeError(`PORT: "${text}" is no port; give a number from 0 to 65535`);
}
