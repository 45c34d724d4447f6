#!/usr/bin/env -S node --single-threaded-gc --max-semi-space-size=16 --no-allocation-site-pretenuring --max-inlined-bytecode-size=700 --max-inlined-bytecode-size-cumulative=2000
import { randomBytes } from "node:crypto";
import { administer } from "./cli/administer.ts";
import { directorySections, directoryUsage } from "./cli/directory-arguments.ts";
import { explain } from "./cli/explain.ts";
import { explainUsage } from "./cli/explain-arguments.ts";
import { usage } from "./cli/parse-arguments.ts";
import { startGateway, type RunningGateway } from "./start-gateway.ts";
import { isStartError } from "./start-error.ts";
import { version } from "./version.ts";

const argv = process.argv.slice(2);
const [command = ""] = argv;
const outside = { env: process.env, cwd: process.cwd(), stdout: process.stdout };
if (command === "explain") await once(argv, explainUsage, () => explain({ ...outside, argv: argv.slice(1) }));
else if (Object.hasOwn(directorySections, command))
  await once(argv, directoryUsage, () => administer({ ...outside, argv, random: randomBytes }));
else if (argv.includes("--help") || argv.includes("-h")) process.stdout.write(usage);
else if (argv.includes("--version") || argv.includes("-v")) process.stdout.write(`${version}\n`);
else await run();

async function run(): Promise<void> {
  const starting = startGateway({ argv, env: process.env, cwd: process.cwd(), stdout: process.stdout });
  // Heard from the beginning: unheard, the very first SIGHUP would end the process.
  listenToSignals(starting);
  try {
    await starting;
  } catch (error) {
    if (!isStartError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** A command that ends. */
async function once(asked: readonly string[], help: string, act: () => Promise<void>): Promise<void> {
  if (asked.includes("--help") || asked.includes("-h")) {
    process.stdout.write(help);
    return;
  }
  try {
    await act();
  } catch (error) {
    if (!isStartError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function listenToSignals(starting: Promise<RunningGateway>): void {
  // What a start fails with is told where it is awaited.
  const whenRunning = (act: (gateway: RunningGateway) => Promise<unknown>): void => {
    starting.then(act).catch(() => undefined);
  };
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // A second signal means at once.
      if (stopping) process.exit(1);
      stopping = true;
      const announced = signal === "SIGTERM";
      whenRunning((gateway) => gateway.close({ announced }).finally(() => process.exit(0)));
    });
  }
  process.on("SIGHUP", () => whenRunning((gateway) => gateway.reload()));
}
