import { parseArgs } from "node:util";

/** How much is measured. All counts are bounded, so a run ends by itself. */
export interface Options {
  readonly rounds: number;
  /** Requests in one batch that CPU time is read around. */
  readonly cpuRequests: number;
  /** Requests sent one after the other for latencies, a batch. */
  readonly latencyRequests: number;
  readonly idleStreams: number;
  /** Turns of each loop that runs inside this process. */
  readonly inProcessRepeats: number;
  /** Where the numbers go as JSON, or undefined. */
  readonly jsonPath: string | undefined;
}

const full = { rounds: 7, cpuRequests: 300, latencyRequests: 150, idleStreams: 1000, inProcessRepeats: 400 };
const quick = { rounds: 3, cpuRequests: 100, latencyRequests: 40, idleStreams: 1000, inProcessRepeats: 100 };

/** Reads the flags `--quick` and `--json FILE`. Throws a TypeError for others. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: "boolean", default: false }, json: { type: "string" } },
  });
  return { ...(values.quick ? quick : full), jsonPath: values.json };
}
