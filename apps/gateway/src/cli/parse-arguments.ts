import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Arguments {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly newKey: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Printed by `--help`. */
export const usage = `Usage: drawbridge [options]
       drawbridge explain [options]    what would become of a request, and why; see explain --help
       drawbridge keys|teams|… list|create|…    what is governed beside the file; see keys --help

  --config FILE   configuration (default: drawbridge.yaml in this directory, if there is one; or DRAWBRIDGE_CONFIG)
  --port N        port to listen on (default 8080; 0 takes a free one; or PORT)
  --host HOST     address to listen on (default 127.0.0.1)
  --new-key       mint another virtual key and show it once
  --version       print the version
  --help          print this
`;

/** Reads the command line. Throws a TypeError whose message names the argument that is wrong. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: argv[0] === "--" ? argv.slice(1) : [...argv],
    options: {
      config: { type: "string" },
      host: { type: "string" },
      port: { type: "string" },
      "new-key": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      version: { type: "boolean", short: "v", default: false },
    },
  });
  return {
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.port === undefined ? {} : { port: parsePort("--port", values.port) }),
    newKey: values["new-key"],
    help: values.help,
    version: values.version,
  };
}

/** A TCP port, 0 for any free one. Throws a TypeError that names where the text stood. */
export function parsePort(where: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new TypeError(`${where}: "${text}" is no port; give a number from 0 to 65535`);
  return port;
}
