import { parseArgs } from "node:util";

/** How much is measured. All counts are bounded, so a run ends by itself. */
export interface Options {
  readonly rounds: number;
  /** Processes of each proxy, one after the other, that share the rounds. */
  readonly processes: number;
  /** Rounds that each process answers before anything counts. */
  readonly warmUpRounds: number;
  /** Requests in one batch that CPU time is read around. */
  readonly cpuRequests: Counts;
  /** Requests sent one after the other for latencies, a batch. */
  readonly latencyRequests: number;
  readonly idleStreams: number;
  /** Turns of each loop that runs inside this process. */
  readonly inProcessRepeats: number;
  /** Where the numbers go as JSON, or undefined. */
  readonly jsonPath: string | undefined;
  /** Folder for a CPU profile of each measured process, or undefined. Profiling itself takes time: use no other numbers. */
  readonly profilePath: string | undefined;
}

interface Counts {
  readonly stream: number;
  readonly whole: number;
}

// A gateway under load stays compiled and in the processor's caches. Four programs that take turns push one another out
// of both: in turns of 48 requests the small ones cost a quarter more than in turns of 256. A full garbage collection comes every
// some hundred large requests, and takes as long as many of them: a turn of whole answers is long enough for several.
// Rounds still alternate, so that a disturbance falls on all subjects of a round, or on few rounds. V8 compiles what has run
// often, and once more what meets another kind of request or a connection that closes: a gateway takes 10 to 14 rounds until
// its costs are the same from round to round, and costs a fifth more in the fifth, the bare proxy four. Two processes of one
// program differ by up to a tenth for as long as they live, by what was compiled when, so each proxy has several.
const full = {
  rounds: 15,
  processes: 3,
  warmUpRounds: 14,
  cpuRequests: { stream: 384, whole: 1_024 },
  latencyRequests: 16,
};
const quick = {
  rounds: 5,
  processes: 1,
  warmUpRounds: 8,
  cpuRequests: { stream: 96, whole: 1_024 },
  latencyRequests: 8,
};

/** Reads the flags `--quick`, `--json FILE` and `--profile FOLDER`. Throws a TypeError for others. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: "boolean", default: false }, json: { type: "string" }, profile: { type: "string" } },
  });
  const inProcessRepeats = values.quick ? 60 : 300;
  return {
    ...(values.quick ? quick : full),
    idleStreams: 1000,
    inProcessRepeats,
    jsonPath: values.json,
    profilePath: values.profile,
  };
}
