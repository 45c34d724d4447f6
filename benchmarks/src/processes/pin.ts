import { spawnSync } from "node:child_process";

/** Processors of a machine, as lists that `taskset` reads. */
export interface Processors {
  /** One, for what is measured and nothing else. */
  readonly measured: string;
  /** For whoever asks and answers. */
  readonly others: string;
  readonly all: string;
}

/** How so many processors are divided; undefined for a single one, which is not. */
export function divideProcessors(count: number): Processors | undefined {
  const last = count - 1;
  if (last < 1) return undefined;
  return { measured: String(last), others: last === 1 ? "0" : `0-${last - 1}`, all: `0-${last}` };
}

/**
 * Keeps processes and their threads on some processors, where the system has `taskset` (Linux, util-linux); does nothing elsewhere,
 * nor without processors.
 */
export function pin(pids: readonly (number | undefined)[], processors: string | undefined): void {
  if (processors === undefined) return;
  for (const pid of pids) {
    if (pid !== undefined) spawnSync("taskset", ["-acp", processors, String(pid)], { stdio: "ignore" });
  }
}
