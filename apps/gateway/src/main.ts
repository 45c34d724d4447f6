#!/usr/bin/env node
import { usage } from "./cli/parse-arguments.ts";
import { startGateway, type RunningGateway } from "./start-gateway.ts";
import { isStartError } from "./start-error.ts";
import { version } from "./version.ts";

const argv = process.argv.slice(2);
if (argv.includes("--help") || argv.includes("-h")) process.stdout.write(usage);
else if (argv.includes("--version") || argv.includes("-v")) process.stdout.write(`${version}\n`);
else await run();

async function run(): Promise<void> {
  try {
    stopOnSignals(await startGateway({ argv, env: process.env, cwd: process.cwd(), stdout: process.stdout }));
  } catch (error) {
    if (!isStartError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function stopOnSignals(gateway: RunningGateway): void {
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // A second signal means at once.
      if (stopping) process.exit(1);
      stopping = true;
      void gateway.close().finally(() => process.exit(0));
    });
  }
  process.on("SIGHUP", () => void gateway.reload());
}
